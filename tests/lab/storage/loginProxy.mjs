// TLS and a login before a server that has neither: answers 401 without the right name and password, 403 to requests that
// begin with what the last argument says, such as "GET /jaeger-*", and passes on all others.
import { readFileSync } from "node:fs";
import { request as ask } from "node:http";
import { createServer } from "node:https";

const [address, port, target, cert, key, login, forbidden] = process.argv.slice(2);
const right = `Basic ${Buffer.from(login).toString("base64")}`;

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    if (request.headers.authorization !== right) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="search"' }).end("no such login");
        return;
    }
    const { method, url, headers } = request;
    if (forbidden !== undefined && `${method} ${decodeURIComponent(url)}`.startsWith(forbidden)) {
        response.writeHead(403).end("no permissions for this request");
        return;
    }
    const passed = ask(`http://${target}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
    });
    passed.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(passed);
});
server.listen(Number(port), address);
