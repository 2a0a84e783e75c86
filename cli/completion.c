/* Completion scripts for bash and zsh, printed from the table.  Names that depend on the version (devices, sites,
 * parameters) are asked from the command when the user presses the key. */
#include "cli.h"

#include <string.h>

static void print_words(const char *const *words) {
  for (; words && *words; words++) printf(" %s", *words);
}

/* For both shells: the names in a list. */
static const char names_helper[] =
    "_taut_names() {\n"
    "  taut \"$@\" --json 2>/dev/null | grep -o '\"name\": *\"[^\"]*\"' | cut -d '\"' -f 4\n"
    "}\n\n";

static const char bash_helper[] =
    "_taut_set() {\n"
    "  local key=${1%%=*}\n"
    "  [[ $1 == *=* ]] || { compgen -S = -W 'site device treatment.depth treatment.density schedule.sessions' -- "
    "\"$1\"; "
    "return; }\n"
    "  case $key in\n"
    "    device|device.name) compgen -W \"$(_taut_names list devices)\" -- \"${1#*=}\" ;;\n"
    "    site|site.name) compgen -W \"$(_taut_names list sites)\" -- \"${1#*=}\" ;;\n"
    "  esac\n"
    "}\n\n";

static void print_bash_option_values(const cli_command *command) {
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(command, i);
    if (!o) break;
    if (!o->argument) continue;
    printf("      --%s", o->name);
    if (o->letter) printf("|-%c", o->letter);
    printf(") ");
    if (o->choices) {
      printf("COMPREPLY=($(compgen -W '");
      print_words(o->choices);
      printf("' -- \"$word\"))");
    } else if (o->completion == CLI_FOLDER)
      printf("COMPREPLY=($(compgen -d -- \"$word\"))");
    else if (o->completion == CLI_ANY_FILE)
      printf("COMPREPLY=($(compgen -f -- \"$word\"))");
    else if (o->kind == CLI_SETS)
      printf("compopt -o nospace; COMPREPLY=($(_taut_set \"$word\"))");
    else
      printf(":");
    printf("; return ;;\n");
  }
}

static void print_bash_operands(const cli_command *command) {
  switch (command->completion) {
  case CLI_CASE_FILE:
    printf("COMPREPLY=($(compgen -f -X '!*.@(yaml|yml)' -- \"$word\") $(compgen -d -- \"$word\"))");
    break;
  case CLI_PARAMETERS:
    printf("COMPREPLY=($(compgen -W \"$(_taut_names params)\" -- \"$word\"))");
    break;
  case CLI_WORDS:
    printf("COMPREPLY=($(compgen -W '");
    if (command->words)
      print_words(command->words);
    else
      for (const cli_command *c = cli_commands; c->name; c++)
        if (c->run) printf(" %s", c->name);
    printf("' -- \"$word\"))");
    break;
  default:
    printf(":");
  }
}

static void print_bash_command(const cli_command *command) {
  printf("  %s)\n    case $previous in\n", command->name);
  print_bash_option_values(command);
  printf("    esac\n    if [[ $word == -* ]]; then\n      COMPREPLY=($(compgen -W '");
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(command, i);
    if (!o) break;
    printf(" --%s", o->name);
    if (o->letter) printf(" -%c", o->letter);
  }
  printf("' -- \"$word\"))\n    else\n      ");
  print_bash_operands(command);
  printf("\n    fi ;;\n");
}

static void print_bash(void) {
  printf("# Completion of taut for bash; printed by `taut help --completion bash`.\n\n%s%s", names_helper, bash_helper);
  printf("_taut() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} n=$COMP_CWORD\n"
         "  COMPREPLY=()\n"
         "  # bash splits words at '='; join them again for --name=value and --set key=value.\n"
         "  if [[ $word == '=' ]]; then word=; fi\n"
         "  if [[ ${COMP_WORDS[n]} == '=' || $previous == '=' ]]; then\n"
         "    local at=$n\n"
         "    [[ ${COMP_WORDS[n]} == '=' ]] || at=$((n - 1))\n"
         "    local name=${COMP_WORDS[at-1]} before=${COMP_WORDS[at-2]}\n"
         "    if [[ $before == --set ]]; then COMPREPLY=($(_taut_set \"$name=$word\")); return; fi\n"
         "    previous=$name\n"
         "  fi\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W '");
  for (const cli_command *c = cli_commands; c->name; c++)
    if (c->run) printf("%s ", c->name);
  printf("--help --version' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n");
  for (const cli_command *c = cli_commands; c->name; c++)
    if (c->run) print_bash_command(c);
  printf("  esac\n}\n\ncomplete -o filenames -F _taut taut\n");
}

/** A help sentence inside a zsh specification: brackets, colons and quotes would end it. */
static void print_zsh_text(const char *text) {
  for (; *text && *text != ';'; text++) {
    if (*text == '\'')
      printf("'\\''");
    else if (strchr("[]:", *text))
      printf("\\%c", *text);
    else
      putchar(*text);
  }
}

static void print_zsh_argument(const cli_option *o) {
  printf(":%s:", o->argument);
  if (o->choices) {
    printf("(");
    print_words(o->choices);
    printf(")");
  } else if (o->completion == CLI_FOLDER)
    printf("_directories");
  else if (o->completion == CLI_ANY_FILE)
    printf("_files");
  else if (o->kind == CLI_SETS)
    printf("_taut_set");
}

static void print_zsh_operands(const cli_command *command) {
  switch (command->completion) {
  case CLI_CASE_FILE:
    printf(" '1:case:_files -g \"*.(yaml|yml)\"'");
    break;
  case CLI_PARAMETERS:
    printf(" '*:name:{compadd -- $(_taut_names params)}'");
    break;
  case CLI_WORDS:
    printf(" '1:%s:(", command->words ? "kind" : "command");
    if (command->words)
      print_words(command->words);
    else
      for (const cli_command *c = cli_commands; c->name; c++)
        if (c->run) printf(" %s", c->name);
    printf(")'");
    break;
  default:
    break;
  }
}

static void print_zsh_command(const cli_command *command) {
  printf("    %s) _arguments -s", command->name);
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(command, i);
    if (!o) break;
    printf(" \\\n      '%s--%s%s[", o->kind == CLI_SETS ? "*" : "", o->name, o->argument ? "=" : "");
    print_zsh_text(o->help);
    printf("]");
    if (o->argument) print_zsh_argument(o);
    printf("'");
  }
  printf(" \\\n     ");
  print_zsh_operands(command);
  printf(" ;;\n");
}

static void print_zsh(void) {
  printf("#compdef taut\n# Completion of taut for zsh; printed by `taut help --completion zsh`.\n\n"
         "%s"
         "_taut_set() {\n"
         "  if compset -P '(device|device.name)='; then compadd -- $(_taut_names list devices)\n"
         "  elif compset -P '(site|site.name)='; then compadd -- $(_taut_names list sites)\n"
         "  else compadd -S = -- site device treatment.depth treatment.density schedule.sessions\n"
         "  fi\n"
         "}\n\n"
         "_taut() {\n"
         "  if ((CURRENT == 2)); then\n    local -a commands=(\n",
         names_helper);
  for (const cli_command *c = cli_commands; c->name; c++) {
    if (!c->run) continue;
    printf("      '%s:", c->name);
    print_zsh_text(c->summary);
    printf("'\n");
  }
  printf("    )\n    _describe command commands\n    compadd -- --help --version\n    return\n  fi\n"
         "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n");
  for (const cli_command *c = cli_commands; c->name; c++)
    if (c->run) print_zsh_command(c);
  printf("  esac\n}\n\n_taut \"$@\"\n");
}

int cli_print_completion(const char *shell) {
  if (strcmp(shell, "zsh") == 0)
    print_zsh();
  else
    print_bash();
  return 0;
}
