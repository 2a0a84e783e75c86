/* Parser of the command line, driven by table.c.  GNU habits: options and operands in any order, --name=value or
 * --name value, unambiguous beginnings of long names, bundled letters, -- ends the options. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 32 };

typedef struct parser {
  const cli_command *command;
  int argc, next; /**< next: index of the first argument not yet looked at */
  char **argv;
  cli_values *values;
} parser;

int cli_usage_error(const cli_command *command, const char *format, ...) {
  const bool top = command == &cli_top;
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "taut%s%s: ", top ? "" : " ", top ? "" : command->name);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\nTry 'taut%s%s --help'.\n", top ? "" : " ", top ? "" : command->name);
  va_end(arguments);
  return CLI_USAGE;
}

int cli_refuse(const char *what) {
  fprintf(stderr, "taut: %s: not available in this version\n", what);
  return CLI_USAGE;
}

const char *cli_suggestion(const char *word, const char *const *names, size_t n, const char *dashes, char buffer[128]) {
  const int i = taut_name_nearest(word, names, n);
  buffer[0] = '\0';
  if (i >= 0) snprintf(buffer, 128, "; did you mean '%s%s'?", dashes, names[i]);
  return buffer;
}

const char *cli_suggest_command(const char *word, char buffer[128]) {
  const char *names[NAMES_MAX];
  size_t n = 0;
  for (const cli_command *c = cli_commands; c->name && n < NAMES_MAX; c++) names[n++] = c->name;
  return cli_suggestion(word, names, n, "", buffer);
}

static size_t count_words(const char *const *words) {
  size_t n = 0;
  while (words && words[n]) n++;
  return n;
}

static bool has_word(const char *const *words, const char *word) {
  for (; words && *words; words++)
    if (strcmp(*words, word) == 0) return true;
  return false;
}

static int assign_count(const parser *p, const cli_option *option, const char *text, long *out) {
  char *end = NULL;
  errno = 0;
  const long value = strtol(text, &end, 10);
  if (end == text || *end || errno || value < option->low || value > option->high)
    return cli_usage_error(p->command, "--%s: '%s' is not a whole number from %ld to %ld", option->name, text,
                           option->low, option->high);
  *out = value;
  return 0;
}

/** "track or zero", "a, b or c": the words in `buffer`. */
static const char *join_words(const char *const *words, char buffer[128]) {
  const size_t n = count_words(words);
  size_t length = 0;
  buffer[0] = '\0';
  for (size_t i = 0; i < n && length < 128; i++)
    length += (size_t)snprintf(buffer + length, 128 - length, "%s%s",
                               i == 0      ? ""
                               : i + 1 < n ? ", "
                                           : " or ",
                               words[i]);
  return buffer;
}

static int assign_choice(const parser *p, const cli_option *option, const char *text, const char **out) {
  char hint[128], expected[128];
  if (!has_word(option->choices, text))
    return cli_usage_error(p->command, "--%s: unknown value '%s'; expected %s%s", option->name, text,
                           join_words(option->choices, expected),
                           cli_suggestion(text, option->choices, count_words(option->choices), "", hint));
  *out = text;
  return 0;
}

static int assign(parser *p, const cli_option *option, const char *text) {
  void *member = (char *)p->values + option->offset;
  switch (option->kind) {
  case CLI_FLAG:
    *(bool *)member = true;
    return 0;
  case CLI_COUNT:
    return assign_count(p, option, text, member);
  case CLI_CHOICE:
    return assign_choice(p, option, text, member);
  case CLI_SETS:
    p->values->set[p->values->sets++] = text;
    return 0;
  case CLI_TEXT:
    if (!*text) return cli_usage_error(p->command, "--%s: the value is empty", option->name);
    *(const char **)member = text;
    return 0;
  }
  return 0;
}

/** Takes the value that follows an option: what is attached, else the next argument. */
static int take(parser *p, const cli_option *option, const char *attached) {
  if (option->kind == CLI_FLAG && attached) return cli_usage_error(p->command, "--%s takes no value", option->name);
  if (option->kind == CLI_FLAG || attached) return assign(p, option, attached);
  if (p->next >= p->argc) return cli_usage_error(p->command, "--%s needs a value (%s)", option->name, option->argument);
  return assign(p, option, p->argv[p->next++]);
}

static int unknown_option(const parser *p, const char *name) {
  const char *names[NAMES_MAX];
  size_t n = 0;
  char hint[128];
  for (const cli_option *o = NULL; n < NAMES_MAX && (o = cli_option_at(p->command, n)) != NULL;) names[n++] = o->name;
  return cli_usage_error(p->command, "unknown option '--%s'%s", name, cli_suggestion(name, names, n, "--", hint));
}

static int parse_long(parser *p, const char *argument) {
  const size_t length = strcspn(argument, "=");
  const char *attached = argument[length] ? argument + length + 1 : NULL;
  const cli_option *found = NULL, *second = NULL;
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(p->command, i);
    if (!o) break;
    if (strncmp(o->name, argument, length) != 0) continue;
    if (strlen(o->name) == length) return take(p, o, attached);
    if (found)
      second = o;
    else
      found = o;
  }
  char name[128];
  snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), argument);
  if (second)
    return cli_usage_error(p->command, "option '--%s' is ambiguous: '--%s' or '--%s'", name, found->name, second->name);
  return found && length > 0 ? take(p, found, attached) : unknown_option(p, name);
}

static int parse_letters(parser *p, const char *letters) {
  for (; *letters; letters++) {
    const cli_option *option = NULL;
    for (size_t i = 0; (option = cli_option_at(p->command, i)) != NULL; i++)
      if (option->letter == *letters) break;
    if (!option) return cli_usage_error(p->command, "unknown option '-%c'", *letters);
    if (option->kind != CLI_FLAG) return take(p, option, letters[1] ? letters + 1 : NULL);
    const int status = take(p, option, NULL);
    if (status) return status;
  }
  return 0;
}

static int check_operands(const parser *p) {
  const cli_values *v = p->values;
  if (v->help || v->version) return 0;
  if (v->operands < p->command->operands_min)
    return cli_usage_error(p->command, "missing operand: %s", p->command->operands);
  if (v->operands > p->command->operands_max)
    return cli_usage_error(p->command, "unexpected operand '%s'", v->operand[p->command->operands_max]);
  return 0;
}

int cli_parse(const cli_command *command, int argc, char **argv, cli_values *values) {
  parser p = {.command = command, .argc = argc, .argv = argv, .values = values};
  values->set = calloc((size_t)argc + 1, sizeof *values->set);
  values->operand = calloc((size_t)argc + 1, sizeof *values->operand);
  if (!values->set || !values->operand) return cli_memory_error();
  bool options = true;
  while (p.next < argc) {
    const char *argument = argv[p.next++];
    int status = 0;
    if (!options || argument[0] != '-' || !argument[1])
      values->operand[values->operands++] = argument;
    else if (strcmp(argument, "--") == 0)
      options = false;
    else if (argument[1] == '-')
      status = parse_long(&p, argument + 2);
    else
      status = parse_letters(&p, argument + 1);
    if (status) return status;
  }
  return check_operands(&p);
}

void cli_values_free(cli_values *values) {
  free(values->set);
  free(values->operand);
}
