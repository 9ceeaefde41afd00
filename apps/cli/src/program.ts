/** The tree of commands. What is not in this file is in no help and no reference. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Cli } from "./cli.ts";
import { declareBench } from "./commands/bench.ts";
import { declareCheck } from "./commands/check.ts";
import { declareCluster } from "./commands/cluster.ts";
import { declareCompletion } from "./commands/completion.ts";
import { declareContext } from "./commands/context.ts";
import { declareDequeue } from "./commands/dequeue.ts";
import { declareDlq } from "./commands/dlq.ts";
import { declareDoctor } from "./commands/doctor.ts";
import { declareEnqueue } from "./commands/enqueue.ts";
import { declareLogin } from "./commands/login.ts";
import { declareLogout } from "./commands/logout.ts";
import { declareMessage } from "./commands/message.ts";
import { declarePeek } from "./commands/peek.ts";
import { declareQueue } from "./commands/queue.ts";
import { declareSettle } from "./commands/settle.ts";
import { declareStatus } from "./commands/status.ts";
import { declareToken } from "./commands/token.ts";
import { declareTop } from "./commands/top.ts";
import { declareVersion } from "./commands/version.ts";
import { declareWhoami } from "./commands/whoami.ts";
import { addExamples } from "./examples.ts";
import { rootCommand } from "./globals.ts";
import { paintFor } from "./output/style.ts";
import { versionText } from "./version.ts";

const thisCommand = "This command:";

/** Help is broken at spaces as long as a description has so many characters in a line. */
const helpCharsMin = 24;

/** The whole command. Its parts ask `cli` for all they need. */
export function createProgram(cli: Cli) {
  const program = rootCommand();
  cli.readGlobals(() => program.opts());
  const { out, talk } = cli.host.terminal;
  const paint = paintFor(out.isTerminal, cli.host.environment);
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => talk.write(text),
      getOutHelpWidth: () => out.columns,
      getErrHelpWidth: () => talk.columns,
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: helpCharsMin,
      subcommandTerm,
      styleTitle: (title) => paint("title", title),
    })
    .showSuggestionAfterError()
    .showHelpAfterError("(--help says more)");

  program.commandsGroup("See:");
  declareStatus(program, cli);
  declareTop(program, cli);
  declareCluster(program, cli);
  declareCheck(program, cli);
  declareDoctor(program, cli);

  program.commandsGroup("Messages:");
  declareEnqueue(program, cli);
  declareDequeue(program, cli);
  declareSettle(program, cli);
  declarePeek(program, cli);
  declareMessage(program, cli);
  declareDlq(program, cli);

  program.commandsGroup("Queues:");
  declareQueue(program, cli);

  program.commandsGroup("Access:");
  declareContext(program, cli);
  declareLogin(program, cli);
  declareLogout(program, cli);
  declareWhoami(program, cli);
  declareToken(program, cli);

  // Everybody tries the option first; help names the command.
  program.version(versionText, "-V, --version").options.at(-1)?.hideHelp();
  program.commandsGroup(thisCommand);
  declareBench(program, cli);
  declareCompletion(program, cli);
  declareVersion(program, cli);
  program.helpCommand("help [command]", "the same as --help");
  addExamples(program, [
    { call: "quorate status --watch", does: "who leads, what is final, how many may stop" },
    { call: `quorate send orders '{"order":1}' --dedup-id order-1`, does: "send, safe to repeat" },
    { call: "quorate receive orders --wait 20s --ack", does: "wait for a message and take it" },
  ]);
  return program;
}

/** A command in a list of commands: that it has options goes without saying. */
function subcommandTerm(command: CommandUnknownOpts): string {
  const [alias] = command.aliases();
  const words = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [alias === undefined ? command.name() : `${command.name()}|${alias}`, ...words].join(" ");
}
