module istio-tracing/lab/images/prometheus

go 1.24.0
