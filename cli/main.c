/* taut: what a course of microneedling does to skin.  The command; all work is done by the library. */
#include "cli.h"

#include <string.h>

static int run_command(const char *name, int argc, char **argv) {
  char hint[128];
  const cli_command *command = cli_command_find(name);
  if (!command) return cli_usage_error(&cli_top, "unknown command '%s'%s", name, cli_suggest_command(name, hint));
  if (!command->run) return cli_refuse(name);
  cli_values values = {0};
  int status = cli_parse(command, argc, argv, &values);
  if (!status && values.help)
    cli_print_help(command);
  else if (!status)
    status = command->run(command, &values);
  cli_values_free(&values);
  return status;
}

/** taut without a command: --help, --version, or a usage error. */
static int run_top(int argc, char **argv) {
  cli_values values = {0};
  int status = cli_parse(&cli_top, argc, argv, &values);
  if (!status && values.help)
    cli_print_help(&cli_top);
  else if (!status && values.version)
    cli_print_version();
  else if (!status)
    status = cli_usage_error(&cli_top, "a command is missing");
  cli_values_free(&values);
  return status;
}

int main(int argc, char **argv) {
  cli_prepare_process();
  const bool named = argc > 1 && argv[1][0] != '-';
  const int status = named ? run_command(argv[1], argc - 2, argv + 2) : run_top(argc - 1, argv + 1);
  return cli_close_output(status);
}
