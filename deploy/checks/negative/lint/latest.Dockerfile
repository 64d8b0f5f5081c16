# expects: DL3007
FROM debian:latest
USER 10001
