/* Text of --help and --version, printed from the table. */
#include "cli.h"

#include <string.h>

enum { WIDTH = 79, COLUMN = 26 };

/** Prints words of `text` from column `at`, wrapped at WIDTH, following lines indented by `indent`. */
static void print_wrapped(const char *text, size_t at, size_t indent) {
  const char *word = text;
  bool first = true;
  while (*word) {
    const size_t length = strcspn(word, " ");
    if (!first && at + 1 + length > WIDTH) {
      printf("\n%*s", (int)indent, "");
      at = indent;
      first = true;
    }
    printf("%s%.*s", first ? "" : " ", (int)length, word);
    at += length + (first ? 0 : 1);
    first = false;
    word += length;
    word += strspn(word, " ");
  }
  putchar('\n');
}

/** A two-column entry. */
static void print_entry(const char *title, const char *text) {
  const size_t length = 2 + strlen(title);
  printf("  %s", title);
  if (length + 2 > COLUMN)
    printf("\n%*s", COLUMN, "");
  else
    printf("%*s", (int)(COLUMN - length), "");
  print_wrapped(text, COLUMN, COLUMN);
}

static void print_paragraphs(const char *text) {
  while (*text) {
    const char *end = strstr(text, "\n\n");
    const size_t length = end ? (size_t)(end - text) : strlen(text);
    char paragraph[1024];
    snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
    print_wrapped(paragraph, 0, 0);
    putchar('\n');
    text += length + (end ? 2 : 0);
  }
}

const char *cli_option_title(const cli_option *option, char buffer[96]) {
  char letter[8] = "    ";
  if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
  snprintf(buffer, 96, "%s--%s%s%s", letter, option->name,
           !option->argument          ? ""
           : option->kind == CLI_SETS ? " "
                                      : "=",
           option->argument ? option->argument : "");
  return buffer;
}

static void print_usage(const cli_command *command) {
  const bool top = command == &cli_top;
  const char *line = command->operands;
  for (bool first = true; line; first = false) {
    const size_t length = strcspn(line, "\n");
    printf("%s taut%s%s%s %.*s\n", first ? "Usage:" : "  or: ", top ? "" : " ", top ? "" : command->name,
           top ? "" : " [OPTION]...", (int)length, line);
    line = line[length] ? line + length + 1 : NULL;
  }
  if (top) printf("  or:  taut OPTION\n");
}

static void print_options(const cli_command *command) {
  printf("Options:\n");
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(command, i);
    char title[96];
    if (!o) break;
    print_entry(cli_option_title(o, title), o->help);
  }
}

static void print_commands(void) {
  printf("Commands:\n");
  for (const cli_command *c = cli_commands; c->name; c++)
    if (c->run) print_entry(c->name, c->summary);
  char text[256] = "Not available in this version:";
  for (const cli_command *c = cli_commands; c->name; c++) {
    const size_t length = strlen(text);
    if (!c->run) snprintf(text + length, sizeof text - length, " %s", c->name);
  }
  putchar('\n');
  print_wrapped(text, 0, 2);
  putchar('\n');
}

void cli_print_help(const cli_command *command) {
  print_usage(command);
  putchar('\n');
  print_paragraphs(command->description);
  if (command == &cli_top) print_commands();
  if (command->words) {
    printf("%s is one of:", command->operands);
    for (const char *const *w = command->words; *w; w++) printf(" %s", *w);
    printf("\n\n");
  }
  print_options(command);
  printf("\nExamples:\n");
  for (const cli_example *e = command->examples; e->line; e++) printf("  %s\n      %s\n", e->line, e->meaning);
  printf("\nExit status:\n");
  for (const cli_status *s = cli_statuses; s->code; s++) print_entry(s->code, s->meaning);
  printf("\n%s\n", TAUT_NOTICE);
}

void cli_print_version(void) {
  printf("taut %s (%s)\n", taut_version(), taut_commit());
  printf("Licence GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
         "This is free software: you are free to change and redistribute it.\n"
         "There is no warranty, to the extent permitted by law.\n\n%s\n",
         TAUT_NOTICE);
}
