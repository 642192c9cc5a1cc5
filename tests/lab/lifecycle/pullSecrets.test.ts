import assert from "node:assert/strict";
import { BACKEND_IMAGE, FRONTEND_IMAGE, JAEGER_IMAGE } from "../../../components/versions";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { listAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import { examine } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { freshContext, request } from "../support/mesh";
import { REGISTRY, REGISTRY_LOGIN, startRegistry, type Registry } from "../support/registry";
import { eventually, forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";

const NAMESPACES = ["istio-system", "demo"];

// Needs Istio installed anew, and a registry with all images.
if (FULL)
    describe("images from a registry that asks for a login", () => {
        let lab: Cluster;
        let registry: Registry;
        let settings: Record<string, string>;
        before(async () => {
            lab = await sharedLab();
            forgetProgram();
            assert.equal((await program(lab, "destroy")).failed, undefined);
            for (const namespace of NAMESPACES) kubectl(lab, "create", "namespace", namespace);
            registry = await startRegistry(lab);
            const [jaeger, frontend, backend] = [JAEGER_IMAGE, FRONTEND_IMAGE, BACKEND_IMAGE].map(registry.nameOf);
            settings = {
                ...{ imagePullPolicy: "Always", "istio.hub": `${REGISTRY}/istio` },
                images: JSON.stringify({ jaeger, frontend, backend }),
                pods: JSON.stringify({
                    imagePullSecrets: ["registry-login"],
                    jaeger: { imagePullSecrets: ["jaeger-login"] },
                }),
                ownNamespaces: JSON.stringify({ istio: { existing: true }, demo: { existing: true } }),
            };
        });
        after(async () => {
            await program(lab, "destroy");
            await registry.stop();
            kubectl(lab, "delete", "namespace", ...NAMESPACES, "--timeout=120s");
        });

        const login = (namespace: string, name: string): void => {
            const { username, password } = REGISTRY_LOGIN;
            const given = [`--docker-server=${REGISTRY}`, `--docker-username=${username}`];
            const secret = ["create", "secret", "docker-registry", name, "-n", namespace];
            kubectl(lab, ...secret, ...given, `--docker-password=${password}`);
        };
        /** How an update ends that may not wait for long. */
        const failure = async (): Promise<string> =>
            (await program(lab, "up", { ...settings, readyTimeoutSeconds: "30" })).failed ?? "it did not fail";
        const missingSecrets = async (): Promise<string[]> => {
            const raw = setPaths(labSettings("ci", lab), settings);
            const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw });
            return findings.filter(({ id }) => id === "pull-secret-exists").map(({ expected }) => expected);
        };

        it("are asked for by preflight, with the Secret that each namespace lacks", async () => {
            assert.deepEqual(await missingSecrets(), [
                "the Secret istio-system/registry-login, with which the pods of istiod pull their images",
                "the Secret istio-system/jaeger-login, with which the pods of jaeger pull their images",
                "the Secret demo/registry-login, with which the pods of frontend, backend, istiod pull their images",
            ]);
        });

        it("are refused to a workload whose own Secret is missing, and the update names its pod", async () => {
            login("istio-system", "registry-login");
            assert.match(
                await failure(),
                /\[Pod istio-system\/jaeger-[^/ ]+\]: container.*\[(ErrImagePull|ImagePullBackOff)\] .*401 Unauthorized/,
            );
        });

        it("are named by the doctor as a login that is missing, where the sidecars' namespace has no Secret", async () => {
            login("istio-system", "jaeger-login");
            // Of a pod whose init container cannot be pulled, the real provider says only that it is not initialized.
            assert.match(await failure(), /\[Pod demo\/(frontend|backend)-[^/ ]+\]: container/);
            await assert.rejects(examine(lab), {
                name: "UserError",
                message:
                    /container istio-init of Pod demo\/\S+ is in (ErrImagePull|ImagePullBackOff) .*Next: The registry requires a login: name a Secret with it in imagePullSecrets/,
            });
        });

        it("are pulled by every pod with its Secret, sidecars as well, and requests are traced", async () => {
            login("demo", "registry-login");
            const { failed } = await program(lab, "up", settings);
            assert.equal(failed, undefined);
            const images = NAMESPACES.flatMap((namespace) => {
                const pods = JSON.parse(kubectl(lab, "get", "pods", "-n", namespace, "-o", "json")) as PlainObject;
                return listAt(pods, "items").flatMap((pod) =>
                    [
                        ...listAt(pod, "status", "containerStatuses"),
                        ...listAt(pod, "status", "initContainerStatuses"),
                    ].map((status) => textAt(status, "imageID") ?? ""),
                );
            });
            assert.ok(images.length > 6);
            for (const image of images) assert.match(image, /^127\.0\.0\.1:5000\//);
            await eventually(60, async () => {
                const { header, traceId } = freshContext();
                assert.equal(request(lab, header), "200");
                return eventually(10, async () => {
                    const trace = await new JaegerClient(lab.jaegerUrl).trace(traceId);
                    return trace === undefined
                        ? "no span"
                        : (whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true);
                });
            });
        });

        it("leave no drift", async () => {
            const raw = setPaths(labSettings("ci", lab), settings);
            assert.deepEqual((await findDrift({ raw, kubeconfig: lab.kubeconfig })).drifts, []);
        });
    });
