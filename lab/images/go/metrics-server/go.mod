module istio-tracing/lab/images/metrics-server

go 1.24.4

godebug default=go1.24

require sigs.k8s.io/metrics-server v0.8.0
