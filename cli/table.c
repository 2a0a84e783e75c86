/* The one table of commands and options: parser, help, manual pages and completion read it and nothing else. */
#include "cli.h"

#include <string.h>

#define AT(member) offsetof(cli_values, member)

static const char *const scales[] = {"track", "patch", "zero", NULL};
static const char *const methods[] = {"fe", "emulator", "two-curve", NULL};
static const char *const meshes[] = {"M1", "M2", "M3", "M4", "M5", NULL};
static const char *const rings[] = {"glued", "frictionless", NULL};
static const char *const shells[] = {"bash", "zsh", NULL};
static const char *const kinds[] = {"devices", "sites",  "quantities", "fields", "conditions",
                                    "keys",    "serums", "studies",    NULL};

/* The text of --set, which three commands share. */
#define SET_OPTION                                                                                                     \
  {                                                                                                                    \
    .name = "set", .kind = CLI_SETS, .argument = "KEY=VALUE", .completion = CLI_WORDS,                                 \
    .help = "override one key of the case, for example --set patient.age='60 years'; may be repeated, the last one "   \
            "wins; parameters of the model are keys too: --set healing.b_F=5"                                          \
  }
#define SCALE_HELP                                                                                                     \
  "track: axisymmetric units around single punctures; patch: a square of skin with every puncture in its place; "      \
  "zero: "                                                                                                             \
  "one well-mixed point; overrides model.scale of the case"
#define JSON_OPTION(text)                                                                                              \
  { .name = "json", .kind = CLI_FLAG, .offset = AT(json), .help = text }
#define MD_OPTION                                                                                                      \
  { .name = "md", .kind = CLI_FLAG, .offset = AT(md), .help = "print a Markdown table" }

static const cli_option common_options[] = {
    {.name = "help", .letter = 'h', .kind = CLI_FLAG, .offset = AT(help), .help = "print this help and exit"},
    {0},
};

static const cli_option top_options[] = {
    {.name = "version", .letter = 'V', .kind = CLI_FLAG, .offset = AT(version), .help = "print the version and exit"},
    {0},
};

static const cli_option run_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .offset = AT(output),
     .argument = "DIR",
     .completion = CLI_FOLDER,
     .help = "write the result to folder DIR; default: the name of the case file without its ending, followed by "
             "-result, in the current folder"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .offset = AT(force),
     .help = "replace an existing result folder and an existing file of --observables; without it a folder that is not "
             "empty and a file that exists are refused"},
    SET_OPTION,
    {.name = "scale",
     .kind = CLI_CHOICE,
     .offset = AT(scale),
     .argument = "SCALE",
     .choices = scales,
     .help = SCALE_HELP},
    {.name = "threads",
     .kind = CLI_COUNT,
     .offset = AT(threads),
     .argument = "N",
     .low = 1,
     .high = 1024,
     .help = "use N threads; the tables do not depend on it; default 1"},
    {.name = "observables",
     .kind = CLI_TEXT,
     .offset = AT(observables),
     .argument = "FILE.csv",
     .completion = CLI_ANY_FILE,
     .help = "also write the observables of the healing model, under the names of its documentation, one row per "
             "follow-up time (after the injury on a session day), with full digits; FILE.csv lies outside DIR"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .offset = AT(quiet),
     .help = "print errors only: no progress, no warnings, no closing table"},
    {.name = "resume",
     .kind = CLI_FLAG,
     .offset = AT(resume),
     .help =
         "continue an interrupted or killed run of the same case into the same DIR from its checkpoint, to the same "
         "results as if it had run through; without it, what such a run left is removed"},
    {.name = "checkpoint-every",
     .kind = CLI_TEXT,
     .offset = AT(checkpoint_every),
     .argument = "TIME",
     .help = "write a checkpoint that often while computing; never: only when interrupted; default '10 min'"},
    {0},
};

static const cli_option check_options[] = {
    {.name = "template",
     .kind = CLI_FLAG,
     .offset = AT(template_case),
     .help = "print a commented starter case instead of reading one"},
    SET_OPTION,
    {.name = "scale",
     .kind = CLI_CHOICE,
     .offset = AT(scale),
     .argument = "SCALE",
     .choices = scales,
     .help = SCALE_HELP},
    {.name = "threads",
     .kind = CLI_COUNT,
     .offset = AT(threads),
     .argument = "N",
     .low = 1,
     .high = 1024,
     .help = "tell the time of a patch with N threads; default 1"},
    {0},
};

static const cli_option puncture_options[] = {
    JSON_OPTION("print JSON with full digits"),
    {.name = "samples",
     .kind = CLI_COUNT,
     .offset = AT(samples),
     .argument = "N",
     .low = 1,
     .high = 10000000,
     .help = "also draw N random depths and print their mean, spread and quantiles"},
    SET_OPTION,
    {0},
};

static const cli_option suction_options[] = {
    {.name = "aperture",
     .kind = CLI_TEXT,
     .offset = AT(aperture),
     .argument = "LENGTH",
     .help = "diameter of the probe's opening; default '2 mm'"},
    {.name = "pressure",
     .kind = CLI_TEXT,
     .offset = AT(pressure),
     .argument = "PRESSURE",
     .help = "suction, as pressure below that of the air; default '450 mbar'"},
    {.name = "on", .kind = CLI_TEXT, .offset = AT(on), .argument = "TIME", .help = "suction of a cycle; default '2 s'"},
    {.name = "off", .kind = CLI_TEXT, .offset = AT(off), .argument = "TIME", .help = "rest of a cycle; default '2 s'"},
    {.name = "cycles",
     .kind = CLI_COUNT,
     .offset = AT(cycles),
     .argument = "N",
     .low = 1,
     .high = 1000,
     .help = "cycles of suction and rest; default 1; R9 needs more, usually 3"},
    {.name = "ring",
     .kind = CLI_CHOICE,
     .offset = AT(ring),
     .argument = "HOW",
     .choices = rings,
     .help = "how the probe's ring holds the skin: glued (default), or frictionless: it may slide"},
    {.name = "outer",
     .kind = CLI_TEXT,
     .offset = AT(outer),
     .argument = "LENGTH",
     .help = "radius of the patch of skin, whose edge does not move inwards; default 6 aperture radii for probes up to "
             "2 mm, 4 for wider ones"},
    {.name = "method",
     .kind = CLI_CHOICE,
     .offset = AT(method),
     .argument = "METHOD",
     .choices = methods,
     .help = "fe: finite elements (default); emulator: microseconds, one protocol, inside its range only; two-curve: "
             "two static curves by finite elements, then any protocol"},
    {.name = "mesh",
     .kind = CLI_CHOICE,
     .offset = AT(mesh),
     .argument = "MESH",
     .choices = meshes,
     .help = "M1 (coarse) to M5; default M2, M1 for two-curve"},
    {.name = "refine",
     .kind = CLI_COUNT,
     .offset = AT(refine),
     .argument = "N",
     .low = 1,
     .high = 100,
     .help = "N times as many points of time; default 1"},
    {.name = "set",
     .kind = CLI_SETS,
     .argument = "NAME=VALUE",
     .completion = CLI_WORDS,
     .help = "set a parameter of mechanics, its group may be left out (--set h_rd='0.9 mm' --set mu_e='10 kPa'); what "
             "is added to the skin (N, g_N, elastin, H, A); a key of the case (--set patient.age='55 years'); may be "
             "repeated"},
    {.name = "curve", .kind = CLI_FLAG, .offset = AT(curve), .help = "also print the height of the skin over time"},
    JSON_OPTION("print JSON with full digits"),
    {0},
};

static const cli_option lookup_options[] = {JSON_OPTION("print JSON"), MD_OPTION, {0}};

static const cli_option help_options[] = {
    {.name = "man",
     .kind = CLI_FLAG,
     .offset = AT(man),
     .help = "print the source of the manual page of COMMAND, of taut itself without COMMAND, or of the case file for "
             "the word case"},
    {.name = "completion",
     .kind = CLI_CHOICE,
     .offset = AT(completion),
     .argument = "SHELL",
     .choices = shells,
     .help = "print the completion script of a shell"},
    {0},
};

static const cli_example top_examples[] = {
    {"taut check --template > course.yaml", "a commented case to start from"},
    {"taut check course.yaml", "what the case means, with every default"},
    {"taut run course.yaml", "simulates it into the folder course-result"},
    {0},
};
static const cli_example run_examples[] = {
    {"taut run neck.yaml", "simulates into neck-result"},
    {"taut run neck.yaml -o deeper --set treatment.depth='1.5 mm'", "the same course with longer needles"},
    {"taut run neck.yaml -o untreated --set schedule.sessions=0", "the same skin without any session"},
    {"taut run neck.yaml --resume", "the rest of an interrupted run"},
    {0},
};
static const cli_example check_examples[] = {
    {"taut check --template > course.yaml", "a commented case to start from"},
    {"taut check course.yaml --set device=roller_192", "the case as it would run with another device"},
    {"taut check course.yaml --scale patch --threads 2", "memory and time of the same course on a patch"},
    {0},
};
static const cli_example puncture_examples[] = {
    {"taut puncture neck.yaml --samples 10000", "achieved depth and its spread"},
    {"taut puncture neck.yaml --json --set treatment.depth='2 mm'", "machine-readable, another length"},
    {0},
};
static const cli_example suction_examples[] = {
    {"taut suction --cycles 3", "the reference skin under the usual probe"},
    {"taut suction neck.yaml --aperture '6 mm' --json", "the person and site of a case, machine-readable"},
    {"taut suction --set patient.age='70 years' --set E_sc='2 MPa'",
     "the reference skin grown old, its surface stiffer"},
    {"taut suction --set N=0.1", "with a tenth more load-bearing collagen, laid down in tension"},
    {0},
};
static const cli_example params_examples[] = {
    {"taut params needling", "every parameter whose name starts with needling"},
    {"taut params healing.b_F --json", "one parameter, machine-readable"},
    {0},
};
static const cli_example list_examples[] = {
    {"taut list devices", "devices a case can name"},
    {"taut list quantities", "what visits.csv holds"},
    {0},
};
static const cli_example help_examples[] = {
    {"taut help run", "the same as taut run --help"},
    {"taut help --man run | man -l -", "the manual page without installing it"},
    {0},
};

const cli_command cli_top = {
    .name = "taut",
    .operands = "COMMAND [ARGUMENT]...",
    .operands_max = 1,
    .summary = "what a course of microneedling does to skin",
    .description =
        "taut computes, for one patient, site, device and schedule, what follows a course of skin microneedling over "
        "months: the punctures, the injury, signals and cells of healing, and the matrix they leave.\n\n"
        "A case is a YAML file, see taut-case(5). Results go to a folder, see taut-run(1). Standard output carries "
        "results only; messages and progress go to standard error.",
    .options = top_options,
    .examples = top_examples,
};

const cli_command cli_commands[] = {
    {.name = "run",
     .run = cli_run,
     .operands = "CASE.yaml",
     .operands_min = 1,
     .operands_max = 1,
     .completion = CLI_CASE_FILE,
     .summary = "simulate one course and write the result folder",
     .description =
         "Reads a case, simulates the course it describes, prints a short table of the outcome and writes a result "
         "folder: case.yaml (the case with every default, which runs again to the same tables), summary.json, "
         "visits.csv (each quantity at each follow-up time), course.csv (the whole course), fields.h5 with fields.xdmf "
         "(fields for ParaView), course.svg (a figure of the course), histology_*.png (virtual biopsies) and "
         "log.txt; for a patch maps.csv and maps.png (maps over the surface) in place of biopsies, and a file of "
         "fields "
         "for each visit.\n\n"
         "The folder appears under its name only when everything in it is complete. While a run is under way, its "
         "files "
         "are in the hidden folder .DIR.taut beside it, with a checkpoint from time to time. A run that is interrupted "
         "(SIGINT, SIGTERM) writes a checkpoint there and tells how to continue; of one that was killed the last "
         "checkpoint is left. A run whose numerical solution fails saves its log beside the folder, as DIR.log. On a "
         "terminal a progress bar shows the phase, the simulated day and the time left.",
     .options = run_options,
     .examples = run_examples},
    {.name = "check",
     .run = cli_check,
     .operands = "CASE.yaml\n--template",
     .operands_max = 1,
     .completion = CLI_CASE_FILE,
     .summary = "resolve and validate a case without running it",
     .description =
         "Reads a case, completes it with presets and defaults, validates it, and prints the resolved case with "
         "units and the origin of each value, what follows from it (skin, achieved depth, loop gains), and "
         "warnings. Every error found is told with its line and column.\n\n"
         "For a patch it also tells the memory, the steps and the time that taut run will take, from a second of steps "
         "on "
         "a small piece of it. A patch that does not fit into the memory of this machine is refused, here and by taut "
         "run, "
         "with what would fit.",
     .options = check_options,
     .examples = check_examples},
    {.name = "puncture",
     .run = cli_puncture,
     .operands = "CASE.yaml",
     .operands_min = 1,
     .operands_max = 1,
     .completion = CLI_CASE_FILE,
     .summary = "needling alone: skin layers, depth, hole, pattern, warnings",
     .description =
         "Computes what the first session of a case does mechanically: skin layers, dimple and forces, achieved "
         "depth, hole and injured volumes, bleeding, the statistics of the pattern, the probability that a "
         "track leaves the skin, and warnings.",
     .options = puncture_options,
     .examples = puncture_examples},
    {.name = "suction",
     .run = cli_suction,
     .operands = "[SKIN.yaml]",
     .operands_max = 1,
     .completion = CLI_CASE_FILE,
     .summary = "the suction instrument alone, on a described skin",
     .description =
         "Puts a suction probe on a skin and prints what it would read: R0 to R9, the heights behind them, and on "
         "request the whole curve.\n\n"
         "Without a file the skin is the reference skin of the model (cheek, woman of 40 years). SKIN.yaml is a case "
         "that may be short. If it names a site, the skin is that of its patient there before any session, as taut run "
         "has it. If it names none, it is the reference skin with what patient.age, patient.photoage, patient.smoking, "
         "patient.hydration, patient.laxity and parameters say.\n\n"
         "Every parameter of mechanics can be set by name (taut params mechanics); sigma0 sets the stress of the "
         "reticular dermis; phi_g, phi_e and phi_M set densities of gel, elastin and collagen. N (new collagen at "
         "stretch g_N), elastin, H (hyaluronan) and A (myofibroblasts) are added at once, and the patch finds its "
         "equilibrium with surroundings k_s times as stiff as itself.\n\n"
         "Not captured: the force on the probe, the rounding of its rim, anisotropy, flow of water in the skin.",
     .options = suction_options,
     .examples = suction_examples},
    {.name = "params",
     .run = cli_params,
     .operands = "[NAME]...",
     .operands_max = (size_t)-1,
     .completion = CLI_PARAMETERS,
     .summary = "look up parameters of the model",
     .description =
         "Prints value, unit, bounds, prior, evidence and source of every parameter, or of those named. NAME is a "
         "full name such as healing.b_F or the group in front of the dot.",
     .options = lookup_options,
     .examples = params_examples},
    {.name = "list",
     .run = cli_list,
     .operands = "KIND",
     .operands_min = 1,
     .operands_max = 1,
     .completion = CLI_WORDS,
     .words = kinds,
     .summary = "list devices, sites, quantities and the like",
     .description = "Prints what this version knows of one kind of thing.",
     .options = lookup_options,
     .examples = list_examples},
    {.name = "help",
     .run = cli_help,
     .operands = "[COMMAND]",
     .operands_max = 1,
     .completion = CLI_WORDS,
     .summary = "explain a command",
     .description = "Prints the help of taut or of one of its commands, its manual page, or a completion script.",
     .options = help_options,
     .examples = help_examples},
    {.name = "plan"},
    {.name = "screen"},
    {.name = "trial"},
    {.name = "validate"},
    {.name = "calibrate"},
    {.name = "report"},
    {.name = "serve"},
    {0},
};

const cli_status cli_statuses[] = {
    {"0", "done"},
    {"2", "usage or input error; nothing was written"},
    {"3", "the numerical solution failed; taut run saves its log beside the result folder"},
    {"4", "input or output failed (disk full, not writable); nothing stands under a final name"},
    {"5", "internal error"},
    {"130, 143", "interrupted by SIGINT or SIGTERM; nothing stands under a final name; --resume continues"},
    {0},
};

const cli_status cli_environment[] = {
    {"TAUT_DATA", "folder that holds presets/; default: beside the command, then the installed one"},
    {"NO_COLOR", "respected: taut prints no colours at all"},
    {"TAUT_ISA", "base takes the plain numerical code on every processor; default: the fastest this one has"},
    {"TERM", "with the value dumb, no progress bar is drawn"},
    {0},
};

const cli_option *cli_option_at(const cli_command *command, size_t i) {
  size_t own = 0;
  while (command->options && command->options[own].name) own++;
  const cli_option *option = i < own ? &command->options[i] : &common_options[i - own];
  return option->name ? option : NULL;
}

const cli_command *cli_command_find(const char *name) {
  for (const cli_command *c = cli_commands; c->name; c++)
    if (strcmp(c->name, name) == 0) return c;
  return NULL;
}
