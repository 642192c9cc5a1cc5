import pc from "picocolors";
import { CLUSTER_COMMANDS, onLab } from "./lab/commands";
import { interrupt, INTERRUPT_ARGUMENTS } from "./lab/interrupt";
import { pulumi, PULUMI_ARGUMENTS } from "./lab/pulumi";
import { stress, STRESS_ARGUMENTS } from "./lab/stress";
import { viewer } from "./lab/viewer";
import { clusterStatus, downCluster, execInCluster, upCluster } from "../lab/cluster";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

interface Subcommand {
    arguments: string;
    summary: string;
    run: (args: string[]) => Promise<number>;
}

const subcommands: Record<string, Subcommand> = {
    up: { arguments: "", summary: "start the lab if it is not up", run: up },
    down: { arguments: "", summary: "remove everything of the lab", run: down },
    status: { arguments: "", summary: "show what runs, and any problems", run: status },
    exec: { arguments: "-- COMMAND…", summary: "run a command inside the lab's network", run: exec },
    ...Object.fromEntries(
        CLUSTER_COMMANDS.map((name) => [
            name,
            {
                arguments: "[--stack STACK] [--real]…",
                summary: `npm run ${name} on the lab`,
                run: (args: string[]) => onLab(name, args),
            },
        ]),
    ),
    pulumi: { arguments: PULUMI_ARGUMENTS, summary: "run the program in the lab", run: pulumi },
    viewer: { arguments: "", summary: "copy the newest traces to a page for the browser", run: viewer },
    stress: { arguments: STRESS_ARGUMENTS, summary: "run the demo repeatedly on a busy machine", run: stress },
    interrupt: {
        arguments: INTERRUPT_ARGUMENTS,
        summary: "kill parts of the real Pulumi, then repair",
        run: interrupt,
    },
};

runCommand(async ([name = "", ...args]) => {
    const subcommand = subcommands[name];
    if (subcommand !== undefined) return subcommand.run(args);
    const usage = Object.entries(subcommands).map(
        ([word, { arguments: words, summary }]) => `  npm run lab -- ${`${word} ${words}`.padEnd(18)} ${summary}`,
    );
    if (name === "help" || name === "--help" || name === "-h") {
        say(usage.join("\n"));
        return 0;
    }
    throw new UserError(`expected a subcommand, got ${JSON.stringify(name)}:\n${usage.join("\n")}`, 2);
});

async function up(args: string[]): Promise<number> {
    refuseArguments("up", args);
    const cluster = await upCluster((line) => {
        say(`${pc.dim("·")} ${line}`);
    });
    if (cluster.reused) say("The lab is already up.");
    say(`Kubeconfig: ${cluster.kubeconfig}`);
    say(`Next: npm run lab -- exec -- kubectl get pods -A    (or set KUBECONFIG=${cluster.kubeconfig})`);
    return 0;
}

async function down(args: string[]): Promise<number> {
    refuseArguments("down", args);
    const { removed } = await downCluster(say);
    if (removed.length === 0) say("This checkout has no lab, and no remains of one.");
    for (const what of removed) say(`removed ${what}`);
    return 0;
}

async function status(args: string[]): Promise<number> {
    refuseArguments("status", args);
    const { state, problems, restarts, pods, memoryMiB, cluster } = await clusterStatus();
    say(`The lab is ${state === "broken" ? pc.red(state) : state}.`);
    for (const problem of problems) say(`  ${problem}`);
    if (state === "down") return problems.length === 0 ? 0 : 1;
    for (const restart of restarts) say(`  ${restart}`);
    for (const pod of pods) {
        const mark = pod.ready || pod.state === "Succeeded" ? pc.green("ready") : pc.yellow(pod.state);
        say(`  ${pod.namespace}/${pod.name}: ${mark}`);
    }
    say(`Memory: ${memoryMiB} MiB`);
    if (cluster !== undefined)
        say(`API server: ${cluster.apiUrl}\nJaeger: ${cluster.jaegerUrl}\nKubeconfig: ${cluster.kubeconfig}`);
    return state === "up" ? 0 : 1;
}

async function exec(args: string[]): Promise<number> {
    const command = args[0] === "--" ? args.slice(1) : args;
    if (command.length === 0)
        throw new UserError("expected a command, as in: npm run lab -- exec -- kubectl get pods -A", 2);
    return execInCluster(command);
}

function refuseArguments(name: string, args: string[]): void {
    if (args.length > 0) throw new UserError(`expected no arguments for \`lab ${name}\`, got: ${args.join(" ")}`, 2);
}

function say(line: string): void {
    process.stdout.write(`${line}\n`);
}
