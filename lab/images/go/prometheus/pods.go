package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount"

// podLister asks the API server for pods, as the service account of its own pod.
type podLister struct {
	url    string
	client *http.Client
}

func newPodLister() (*podLister, error) {
	authority, err := os.ReadFile(filepath.Join(account, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &podLister{
		url:    "https://" + server + "/api/v1/pods",
		client: &http.Client{Transport: transport, Timeout: 10 * time.Second},
	}, nil
}

type container struct {
	Name  string `json:"name"`
	Ports []struct {
		Name          string `json:"name"`
		ContainerPort int    `json:"containerPort"`
		Protocol      string `json:"protocol"`
	} `json:"ports"`
}

type pod struct {
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		NodeName       string      `json:"nodeName"`
		Containers     []container `json:"containers"`
		InitContainers []container `json:"initContainers"`
	} `json:"spec"`
	Status struct {
		PodIP string `json:"podIP"`
		Phase string `json:"phase"`
	} `json:"status"`
}

type target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

func (lister *podLister) list() ([]pod, error) {
	// Kubernetes renews the token of a pod.
	token, err := os.ReadFile(filepath.Join(account, "token"))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodGet, lister.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	response, err := lister.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("listing pods: %s", response.Status)
	}
	var pods struct {
		Items []pod `json:"items"`
	}
	return pods.Items, json.NewDecoder(response.Body).Decode(&pods)
}

// writeTargets writes one target for each port of a container, with Prometheus's labels of role pod:
// https://prometheus.io/docs/prometheus/2.42/configuration/configuration/#pod
func (lister *podLister) writeTargets(file string) error {
	pods, err := lister.list()
	if err != nil {
		return err
	}
	targets := []target{}
	for _, one := range pods {
		if one.Status.PodIP == "" {
			continue
		}
		for _, part := range one.Spec.Containers {
			targets = append(targets, targetsOf(one, part, false)...)
		}
		for _, part := range one.Spec.InitContainers {
			targets = append(targets, targetsOf(one, part, true)...)
		}
	}
	text, err := json.Marshal(targets)
	if err != nil {
		return err
	}
	// Prometheus reads the file at any time.
	if err := os.WriteFile(file+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

var notInName = regexp.MustCompile(`[^a-zA-Z0-9_]`)

func targetsOf(one pod, part container, init bool) []target {
	const meta = "__meta_kubernetes_"
	var targets []target
	for _, port := range part.Ports {
		number := strconv.Itoa(port.ContainerPort)
		labels := map[string]string{
			meta + "namespace":                   one.Metadata.Namespace,
			meta + "pod_name":                    one.Metadata.Name,
			meta + "pod_ip":                      one.Status.PodIP,
			meta + "pod_phase":                   one.Status.Phase,
			meta + "pod_node_name":               one.Spec.NodeName,
			meta + "pod_container_name":          part.Name,
			meta + "pod_container_init":          strconv.FormatBool(init),
			meta + "pod_container_port_name":     port.Name,
			meta + "pod_container_port_number":   number,
			meta + "pod_container_port_protocol": port.Protocol,
		}
		for name, value := range one.Metadata.Labels {
			labels[meta+"pod_label_"+notInName.ReplaceAllString(name, "_")] = value
		}
		for name, value := range one.Metadata.Annotations {
			labels[meta+"pod_annotation_"+notInName.ReplaceAllString(name, "_")] = value
		}
		targets = append(targets, target{Targets: []string{net.JoinHostPort(one.Status.PodIP, number)}, Labels: labels})
	}
	return targets
}
