// A stand-in for the authorizer of a single sign-on: says yes to whoever brings the cookie, no to everybody else.
import { createServer } from "node:http";

const [address, port, cookie] = process.argv.slice(2);

const server = createServer((request, response) => {
    request.resume();
    response.statusCode = request.headers.cookie === cookie ? 200 : 403;
    response.end();
});
server.listen(Number(port), address, () => process.stdout.write("listening\n"));
