Preis in €,id
1,2
