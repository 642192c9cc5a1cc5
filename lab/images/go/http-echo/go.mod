module istio-tracing/lab/images/http-echo

go 1.24.0
