import assert from "node:assert/strict";
import { checkCertificateReady, checkTlsSecret, type SecretObject } from "../../../../checks/cluster/certificate";
import { createAuthority, createLeaf } from "../../../../shared/certificates/x509";

const WANTED = { namespace: "istio-ingress", secretName: "traces-tls", host: "traces.example.com" };
const NOW = new Date();
const YEARS = 365 * 24 * 60 * 60 * 1000;

function secretFor(dnsName: string, type = "kubernetes.io/tls"): SecretObject {
    const leaf = createLeaf(createAuthority("test"), {
        subject: { commonName: dnsName },
        usage: "server",
        dnsNames: [dnsName],
    });
    const data = { "tls.crt": Buffer.from(leaf.certificatePem).toString("base64") };
    return { metadata: { name: "traces-tls", namespace: "istio-ingress" }, type, data };
}

describe("the Secret of the UI's gateway", () => {
    const secret = secretFor("traces.example.com");

    it("is fine with a certificate for the host, also by a wildcard", () => {
        assert.deepEqual(checkTlsSecret(WANTED, secret, NOW), []);
        assert.deepEqual(checkTlsSecret(WANTED, secretFor("*.example.com"), NOW), []);
    });

    it("is to be made where it is missing, by a command", () => {
        const [finding] = checkTlsSecret(WANTED, undefined, NOW);
        assert.equal(finding?.severity, "error");
        assert.match(finding.cure, /kubectl create secret tls traces-tls -n istio-ingress/);
    });

    it("is refused with another type, with another host, and without a certificate", () => {
        const got = (given: SecretObject): string | undefined => checkTlsSecret(WANTED, given, NOW)[0]?.got;
        assert.equal(got({ ...secret, type: "Opaque" }), "type Opaque");
        assert.equal(got({ ...secret, data: { "tls.crt": "bm9uZQ==" } }), "data that is not a readable certificate");
        assert.match(got(secretFor("shop.example.com")) ?? "", /shop\.example\.com/);
    });

    it("is refused when the certificate has ended, and warned of before", () => {
        const later = new Date(NOW.getTime() + 20 * YEARS);
        assert.match(checkTlsSecret(WANTED, secret, later)[0]?.got ?? "", /^one that expired on \d{4}-\d\d-\d\d$/);
    });
});

describe("the certificate that cert-manager keeps for the UI", () => {
    const metadata = { name: "jaeger-ui", namespace: "istio-ingress" };
    const ready = { type: "Ready", status: "True" };
    const notAfter = new Date(NOW.getTime() + YEARS).toISOString();

    it("is fine when it is ready, or not asked for yet", () => {
        assert.deepEqual(checkCertificateReady(undefined, NOW), []);
        assert.deepEqual(checkCertificateReady({ metadata, status: { notAfter, conditions: [ready] } }, NOW), []);
    });

    it("is an error while it is not ready, with cert-manager's reason, or when it has ended", () => {
        const waiting = { type: "Ready", status: "False", message: "Waiting on certificate issuance" };
        const [finding] = checkCertificateReady({ metadata, status: { conditions: [waiting] } }, NOW);
        assert.equal(finding?.got, "Waiting on certificate issuance");
        const past = new Date(NOW.getTime() - YEARS).toISOString();
        const [ended] = checkCertificateReady({ metadata, status: { notAfter: past, conditions: [ready] } }, NOW);
        assert.match(ended?.got ?? "", /expired on/);
    });
});
