"""Negative samples that are a good rendering with one change: the faults that deployments of the four systems
had, and those that are near. Each says which rendering it starts from and what has to be found.
"""


def by(documents, kind, name=None):
    """The object of a kind, by its name where there are several."""
    return next(
        one for one in documents if one["kind"] == kind and name in (None, one["metadata"]["name"])
    )


def pod(documents, kind="StatefulSet"):
    return by(documents, kind)["spec"]["template"]["spec"]


def serving(documents, kind="StatefulSet"):
    return pod(documents, kind)["containers"][0]


def settings(documents):
    return next(one["data"] for one in documents if one["kind"] == "ConfigMap" and "EKIBEN_APPS" in one["data"])


def registry():
    """A list of faults, and what registers a change to a rendering in it, with what has to be found then."""
    registered = []

    def fault(start, expected):
        def of(change):
            registered.append((change.__name__, start, change, expected))
            return change

        return of

    return registered, fault


FAULTS, fault = registry()


@fault("isuumo", "its selector is not its pods' labels")
def labels_of_another_name(documents):
    by(documents, "Deployment")["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] = "shop"


@fault("isuumo", "is no headless Service")
def a_stateful_set_of_a_missing_service(documents):
    by(documents, "StatefulSet")["spec"]["serviceName"] = "ekiben-data"


@fault("isuumo", "replicas beside a HorizontalPodAutoscaler")
def replicas_that_fight_the_autoscaler(documents):
    by(documents, "Deployment")["spec"]["replicas"] = 2


@fault("isuumo", "no volume cache")
def a_mount_of_nothing(documents):
    serving(documents)["volumeMounts"].append({"name": "cache", "mountPath": "/cache"})


@fault("isuumo", "several namespaces")
def a_namespace_of_its_own(documents):
    by(documents, "Service", "ekiben")["metadata"]["namespace"] = "default"


@fault("isuumo", "pulls without a login")
def an_image_that_only_a_public_registry_gives(documents):
    del by(documents, "ServiceAccount")["imagePullSecrets"]


@fault("isuumo", "is no digest")
def a_tag_that_moves(documents):
    serving(documents)["image"] = "registry.example.com/ekiben/isuumo:latest"


@fault("isuumo", "several images in one release")
def another_image_migrates(documents):
    pod(documents)["initContainers"][0]["image"] = "registry.example.com/ekiben/isuumo@sha256:" + "1" * 64


@fault("isuumo", "the program takes no variable EKIBEN_APP")
def a_misspelt_variable(documents):
    settings(documents)["EKIBEN_APP"] = "isuumo"


@fault("isuumo", "no program takes the variable DB_HOST")
def the_address_of_a_database(documents):
    settings(documents)["DB_HOST"] = "mysql"


@fault("isuumo", "the program refuses its variables")
def a_value_that_is_none(documents):
    settings(documents)["EKIBEN_APPS"] = "shop"


@fault("isuumo", "the program listens on")
def a_container_port_of_another_server(documents):
    serving(documents)["ports"][0]["containerPort"] = 5000


@fault("production/isuumo", "the program refuses its variables")
def metrics_for_everybody(documents):
    del settings(documents)["EKIBEN_ADMIN__TOKEN_FILE"]


@fault("isuumo", "the program has no path /health")
def a_probe_of_a_missing_path(documents):
    serving(documents)["readinessProbe"]["httpGet"]["path"] = "/health"


@fault("people", "livenessProbe is not /livez")
def liveness_that_asks_for_data(documents):
    serving(documents)["livenessProbe"]["httpGet"]["path"] = "/people"


@fault("isuumo", "the image has no /bin/sh")
def a_shell_that_is_not_there(documents):
    serving(documents)["command"] = ["/bin/sh", "-c"]


@fault("isuumo", "the program has no command upgrade")
def a_command_that_is_not_there(documents):
    pod(documents)["initContainers"][0]["args"] = ["upgrade"]


@fault("conduit", "no Secret is mounted as /run/secrets/ekiben/key")
def a_secret_of_another_name(documents):
    settings(documents)["EKIBEN_CONDUIT__SECRET_FILE"] = "/run/secrets/ekiben/key"


@fault("conduit", "CONDUIT_SECRET is a literal secret")
def a_secret_in_the_settings(documents):
    del settings(documents)["EKIBEN_CONDUIT__SECRET_FILE"]
    settings(documents)["CONDUIT_SECRET"] = "secret-key-secret-key-secret-key"


@fault("conduit", "holds a literal secret")
def a_secret_in_the_repository(documents):
    documents.append(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"password": "root"}}
    )


@fault("isuumo", "and needs 16 to stop")
def killed_while_it_stops(documents):
    pod(documents)["terminationGracePeriodSeconds"] = 15


@fault("isuumo", "endpoints lag behind")
def no_time_to_drain(documents):
    settings(documents)["EKIBEN_SHUTDOWN__DELAY_SECONDS"] = "0"


@fault("isuumo", "a primary is one, and here it is 2")
def two_primaries(documents):
    by(documents, "StatefulSet")["spec"]["replicas"] = 2


@fault("isuumo", "strategy Recreate")
def a_rolling_update_of_one_volume(documents):
    primary = by(documents, "StatefulSet")
    primary["kind"] = "Deployment"
    primary["metadata"]["name"] = "ekiben-writer"


@fault("everything of a blog", "another environment has the same folder in the storage")
def one_storage_for_all_environments(documents):
    copying = next(one for one in pod(documents)["containers"] if one["name"] == "litestream")
    copying["env"] = [{"name": "LITESTREAM_PATH", "value": "ekiben"}]


@fault("everything of a blog", "no NetworkPolicy lets it reach the port 9000 of the storage")
def a_storage_that_nothing_lets_in(documents):
    place = next(one["data"] for one in documents if "LITESTREAM_BUCKET" in one.get("data", {}))
    place["LITESTREAM_ENDPOINT"] = "https://minio.example.com:9000"


@fault("isuumo", "would wait for a pod that never gets ready")
def a_release_that_cannot_be_rolled_back(documents):
    del by(documents, "StatefulSet")["spec"]["podManagementPolicy"]


@fault("isuumo", "a primary needs a claim ReadWriteOnce")
def a_volume_for_many(documents):
    by(documents, "StatefulSet")["spec"]["volumeClaimTemplates"][0]["spec"]["accessModes"] = ["ReadWriteMany"]


@fault("isuumo", "no init container migrates")
def nobody_migrates(documents):
    pod(documents)["initContainers"] = []


@fault("isuumo", "init containers in the wrong order")
def seeded_before_it_is_migrated(documents):
    first = pod(documents)["initContainers"]
    first.insert(0, first[0] | {"name": "seed"})


@fault("isuumo", "lacks runAsNonRoot true")
def root(documents):
    del pod(documents, "Deployment")["securityContext"]["runAsNonRoot"]


@fault("isuumo", "lacks enableServiceLinks false")
def variables_of_other_services(documents):
    del pod(documents, "Deployment")["enableServiceLinks"]


@fault("isuumo", "lacks a limit on memory")
def memory_without_end(documents):
    del serving(documents, "Deployment")["resources"]["limits"]


@fault("isuumo", "lacks startupProbe")
def no_time_to_start(documents):
    del serving(documents)["startupProbe"]


@fault("isuumo", "no PodDisruptionBudget")
def no_budget(documents):
    documents.remove(by(documents, "PodDisruptionBudget"))


@fault("isuumo", "maxUnavailable 0")
def a_rollout_with_a_gap(documents):
    by(documents, "Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] = 1


@fault("isuumo", "does not enforce the restricted profile")
def a_namespace_for_anything(documents):
    by(documents, "Namespace")["metadata"]["labels"] = {}
