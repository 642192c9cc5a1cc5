// A stand-in for Elasticsearch or OpenSearch: says yes to all that Jaeger asks when it starts and when it writes, and
// prints what was asked as one line of JSON each.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";

const [address, port, cert, key, tagline] = process.argv.slice(2);
const about = { name: "stand-in", version: { number: "7.17.0" }, tagline };

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    const zipped = request.headers["content-encoding"] === "gzip";
    void text(zipped ? request.pipe(createGunzip()) : request).then((body) => {
        const { method, url, headers } = request;
        process.stdout.write(`${JSON.stringify({ method, url, authorization: headers.authorization, body })}\n`);
        response.setHeader("content-type", "application/json");
        const answer =
            url === "/" ? about : { acknowledged: true, took: 1, errors: false, items: [], hits: { hits: [] } };
        response.end(method === "HEAD" ? undefined : JSON.stringify(answer));
    });
});
server.listen(Number(port), address);
