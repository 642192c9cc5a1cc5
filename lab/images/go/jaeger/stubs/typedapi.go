// Package typedapi stands in for Elasticsearch's typed client, which Jaeger never makes.
package typedapi

import "github.com/elastic/elastic-transport-go/v8/elastictransport"

// MethodAPI has no method.
type MethodAPI struct{}

// NewMethodAPI is called by elasticsearch.NewTypedClient alone.
func NewMethodAPI(elastictransport.Interface) *MethodAPI {
	panic("the typed client of Elasticsearch is not built into the lab's Jaeger")
}
