/* Manual pages (roff) and completion scripts, printed from the table. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/** Prints text with what roff would take for itself escaped. */
static void print_roff_n(const char *text, size_t n) {
  for (size_t i = 0; i < n && text[i]; i++) {
    const bool line_start = i == 0 || text[i - 1] == '\n';
    if (line_start && (text[i] == '.' || text[i] == '\'')) printf("\\&");
    if (text[i] == '\\')
      printf("\\e");
    else if (text[i] == '-')
      printf("\\-");
    else if (text[i] == '\'')
      printf("\\(aq");
    else
      putchar(text[i]);
  }
}

static void print_roff(const char *text) {
  print_roff_n(text, strlen(text));
}

static void print_heading(const char *name, int section) {
  char upper[64];
  size_t i = 0;
  for (; name[i] && i + 1 < sizeof upper; i++)
    upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
  upper[i] = '\0';
  printf(".TH \"%s\" %d \"\" \"taut %s\" \"taut manual\"\n.SH NAME\n", upper, section, taut_version());
}

static void print_paragraphs(const char *text) {
  while (*text) {
    const char *end = strstr(text, "\n\n");
    const size_t length = end ? (size_t)(end - text) : strlen(text);
    print_roff_n(text, length);
    putchar('\n');
    if (end) printf(".PP\n");
    text += length + (end ? 2 : 0);
  }
}

static void print_rows(const char *heading, const cli_status *row) {
  printf(".SH \"%s\"\n", heading);
  for (; row->code; row++) {
    printf(".TP\n.B ");
    print_roff(row->code);
    putchar('\n');
    print_roff(row->meaning);
    putchar('\n');
  }
}

static void print_synopsis(const cli_command *command) {
  const bool top = command == &cli_top;
  printf(".SH SYNOPSIS\n");
  for (const char *line = command->operands; line;) {
    const size_t length = strcspn(line, "\n");
    printf(".B taut%s%s\n", top ? "" : " ", top ? "" : command->name);
    if (!top) printf("[\\fIOPTION\\fR]...\n");
    print_roff_n(line, length);
    printf("\n.br\n");
    line = line[length] ? line + length + 1 : NULL;
  }
  if (top) printf(".B taut\n\\fIOPTION\\fR\n");
}

static void print_options(const cli_command *command) {
  printf(".SH OPTIONS\n");
  for (size_t i = 0;; i++) {
    const cli_option *o = cli_option_at(command, i);
    if (!o) break;
    printf(".TP\n");
    if (o->letter) printf("\\fB\\-%c\\fR, ", o->letter);
    printf("\\fB\\-\\-");
    print_roff(o->name);
    printf("\\fR");
    if (o->argument) printf("%s\\fI%s\\fR", o->kind == CLI_SETS ? " " : "=", o->argument);
    putchar('\n');
    print_roff(o->help);
    putchar('\n');
  }
}

static void print_commands(void) {
  printf(".SH COMMANDS\n");
  for (const cli_command *c = cli_commands; c->name; c++) {
    if (!c->run) continue;
    printf(".TP\n.BR taut\\-%s (1)\n", c->name);
    print_roff(c->summary);
    putchar('\n');
  }
  printf(".PP\nThe commands");
  for (const cli_command *c = cli_commands; c->name; c++)
    if (!c->run) printf(" %s%s", c->name, c[1].name ? "," : "");
  printf(" are known, but not available in this version.\n");
}

static void print_examples(const cli_command *command) {
  printf(".SH EXAMPLES\n");
  for (const cli_example *e = command->examples; e->line; e++) {
    printf(".TP\n.B ");
    print_roff(e->line);
    putchar('\n');
    print_roff(e->meaning);
    putchar('\n');
  }
}

static void print_see_also(const char *name) {
  printf(".SH NOTES\n");
  print_roff(TAUT_NOTICE);
  printf("\n.SH \"SEE ALSO\"\n");
  const char *separator = "";
  if (strcmp(name, "taut") != 0) {
    printf(".BR taut (1)");
    separator = ",\n";
  }
  for (const cli_command *c = cli_commands; c->name; c++) {
    if (!c->run || strcmp(c->name, name) == 0) continue;
    printf("%s.BR taut\\-%s (1)", *separator ? ",\n" : "", c->name);
    separator = ",\n";
  }
  if (strcmp(name, "case") != 0) printf(",\n.BR taut\\-case (5)");
  putchar('\n');
}

static void print_command_page(const cli_command *command) {
  const bool top = command == &cli_top;
  char title[64];
  snprintf(title, sizeof title, "taut%s%s", top ? "" : "-", top ? "" : command->name);
  print_heading(title, 1);
  print_roff(title);
  printf(" \\- ");
  print_roff(command->summary);
  putchar('\n');
  print_synopsis(command);
  printf(".SH DESCRIPTION\n");
  print_paragraphs(command->description);
  if (command->words) {
    printf(".PP\n%s is one of:", command->operands);
    for (const char *const *w = command->words; *w; w++) printf(" %s%s", *w, w[1] ? "," : ".\n");
  }
  if (top) print_commands();
  print_options(command);
  print_examples(command);
  print_rows("EXIT STATUS", cli_statuses);
  print_rows("ENVIRONMENT", cli_environment);
  print_see_also(command->name);
}

/** Prints what `print` writes as it stands.  Exit status. */
static int print_verbatim(taut_context *context, const char *heading, taut_err (*print)(taut_context *, FILE *)) {
  char *data = NULL;
  size_t length = 0;
  FILE *text = open_memstream(&data, &length);
  if (!text) return cli_memory_error();
  const taut_err err = print(context, text);
  const bool complete = fclose(text) == 0;
  if (!err && complete) {
    printf(".SH %s\n.nf\n", heading);
    print_roff_n(data, length);
    printf(".fi\n");
  }
  free(data);
  if (err) return cli_fail(context, err);
  return complete ? 0 : cli_memory_error();
}

static taut_err print_keys(taut_context *context, FILE *out) {
  return taut_list_print(context, "keys", TAUT_FORMAT_TEXT, out);
}

/** The page of the case file: the starter case and the list of keys, which come from the reader's own table. */
static int print_case_page(void) {
  taut_context *context = NULL;
  int status = cli_context_create(true, 1, &context);
  if (status) return status;
  print_heading("taut-case", 5);
  printf("taut\\-case \\- description of one course of microneedling\n.SH DESCRIPTION\n");
  print_paragraphs(
      "A case is a YAML file that describes one patient, site, device and schedule. Every number that has a dimension "
      "carries its unit. A number may also be x +- s, a range [low, high] or a distribution; single runs use the mean. "
      "Keys that are left out take their default; taut check prints the resolved case with the origin of every value. "
      "Unknown and repeated keys, anchors, aliases and tags are errors.\n\n"
      "The template is what taut check --template prints. The keys, of which it shows the common ones, are those of "
      "taut "
      "list keys; a dot stands for a level of the file.");
  status = print_verbatim(context, "TEMPLATE", taut_case_template);
  if (!status) status = print_verbatim(context, "KEYS", print_keys);
  print_see_also("case");
  taut_context_destroy(&context);
  return status;
}

int cli_print_manual(const char *name) {
  if (strcmp(name, "case") == 0) return print_case_page();
  const cli_command *command = strcmp(name, "taut") == 0 ? &cli_top : cli_command_find(name);
  char hint[128];
  if (!command)
    return cli_usage_error(cli_command_find("help"), "unknown command '%s'%s", name, cli_suggest_command(name, hint));
  if (!command->run && command != &cli_top) return cli_refuse(name);
  print_command_page(command);
  return 0;
}
