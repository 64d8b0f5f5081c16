"""Negative samples on the way of a request: Services, Ingress, Gateways, the mesh, who may come in. Like faults.py,
which has the others.
"""

from faults import by, pod, registry, serving, settings

FAULTS, fault = registry()


@fault("isuumo", "Service/ekiben: selects no pods")
def a_service_without_pods(documents):
    by(documents, "Service", "ekiben")["spec"]["selector"]["app.kubernetes.io/component"] = "web"


@fault("isuumo", "no pod has the port 5000")
def the_port_of_another_server(documents):
    by(documents, "Service", "ekiben")["spec"]["ports"][0]["targetPort"] = 5000


@fault("isuumo", "HorizontalPodAutoscaler/ekiben: Deployment shop does not exist")
def an_autoscaler_of_nothing(documents):
    by(documents, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] = "shop"


@fault("isuumo", "HTTPRoute/ekiben: the Service ekiben-writer does not exist")
def a_route_to_nothing(documents):
    by(documents, "HTTPRoute", "ekiben")["spec"]["rules"][1]["backendRefs"][0]["name"] = "ekiben-writer"


@fault("isuumo", "no listener for")
def a_route_of_another_host(documents):
    by(documents, "HTTPRoute", "ekiben")["spec"]["hostnames"] = ["shop.example.net"]


@fault("people", "no TLS for")
def a_redirect_to_https_without_tls(documents):
    by(documents, "Ingress")["spec"]["tls"] = []


@fault("people", "has no port web")
def an_ingress_to_a_missing_port(documents):
    by(documents, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"] = {"name": "web"}


@fault("people", "requests are led to")
def an_ingress_of_another_host(documents):
    for place in (by(documents, "Ingress")["spec"]["rules"][0],):
        place["host"] = "shop.example.net"
    by(documents, "Ingress")["spec"]["tls"][0]["hosts"] = ["shop.example.net"]


@fault("english", "DestinationRule/ekiben: the Service english-deployment does not exist")
def a_rule_for_the_name_of_a_deployment(documents):
    by(documents, "DestinationRule", "ekiben")["spec"]["host"] = "english-deployment"


@fault("english", "has no subset v2")
def a_subset_that_nobody_declared(documents):
    by(documents, "VirtualService")["spec"]["http"][0]["route"][0]["destination"]["subset"] = "v2"


@fault("english", "no pods are of the subset v1")
def a_subset_without_pods(documents):
    del by(documents, "StatefulSet")["spec"]["template"]["metadata"]["labels"]["version"]


@fault("english", "weights are 90 in all")
def weights_that_are_not_all(documents):
    by(documents, "VirtualService")["spec"]["http"][0]["route"][0]["weight"] = 90


@fault("sentences of one's own", "a sidecar would keep it from ending")
def a_sidecar_beside_a_backup(documents):
    del by(documents, "CronJob", "ekiben-backup-weekly")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"][
        "sidecar.istio.io/inject"
    ]


@fault("sentences of one's own", "reaches the port 9000 by a sidecar that is not there yet")
def a_storage_at_another_port_in_the_mesh(documents):
    by(documents, "NetworkPolicy", "ekiben-to-storage")["spec"]["egress"][0]["ports"][0]["port"] = 9000


@fault("english", "does not know its sidecar at 127.0.0.6")
def a_sidecar_for_a_client(documents):
    settings(documents)["EKIBEN_HTTP__TRUSTED_PROXIES"] = "10.0.0.0/8"


@fault("english", "its sidecar ends after 5 s")
def a_sidecar_that_ends_before_the_server(documents):
    del by(documents, "StatefulSet")["spec"]["template"]["metadata"]["annotations"]["proxy.istio.io/config"]


@fault("production/english", "would be refused at 1324: it is not of the mesh")
def metrics_for_the_mesh_alone(documents):
    del by(documents, "StatefulSet")["spec"]["template"]["metadata"]["annotations"][
        "traffic.sidecar.istio.io/excludeInboundPorts"
    ]


@fault("production/isuumo", "EkibenDown does not look at the job isuumo-production/shop")
def a_job_that_no_alert_looks_at(documents):
    monitor = by(documents, "PodMonitor")
    del monitor["spec"]["jobLabel"]
    monitor["metadata"]["name"] = "shop"


@fault("production/isuumo", "nobody reaches the port admin")
def metrics_that_nobody_reaches(documents):
    settings(documents)["EKIBEN_ADMIN__LISTEN"] = "127.0.0.1:1324"


@fault("isuumo", "no NetworkPolicy for")
def open_to_all(documents):
    documents[:] = [one for one in documents if one["kind"] != "NetworkPolicy"]


@fault("people", "knows no proxy, so all clients are one")
def one_client_for_all(documents):
    del settings(documents)["EKIBEN_HTTP__TRUSTED_PROXIES"]


@fault("people", "closes what is idle for 75 s")
def a_connection_that_is_just_being_closed(documents):
    del settings(documents)["EKIBEN_LIMITS__IDLE_SECONDS"]
