/* How to go on with a run that did not come to its end. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/** A word as a shell reads it. */
static void print_word(const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  if (*word && strspn(word, plain) == strlen(word)) {
    fprintf(stderr, " %s", word);
    return;
  }
  fputs(" '", stderr);
  for (; *word; word++) fputs(*word == '\'' ? "'\\''" : (const char[]){*word, '\0'}, stderr);
  fputc('\'', stderr);
}

static void print_option(const char *option, const char *value) {
  if (!value) return;
  fprintf(stderr, " %s", option);
  print_word(value);
}

void cli_print_resume(const taut_context *context, const cli_values *values) {
  if (!*taut_context_checkpoint(context)) return;
  const char *processes = getenv("OMPI_COMM_WORLD_SIZE"); /* Open MPI tells its children */
  fprintf(stderr, "taut: continue with:");
  if (processes && strcmp(processes, "1") != 0) print_option("mpirun -n", processes);
  fprintf(stderr, " taut run");
  print_word(values->operand[0]);
  print_option("-o", values->output);
  for (size_t i = 0; i < values->sets; i++) print_option("--set", values->set[i]);
  print_option("--scale", values->scale);
  if (values->threads) fprintf(stderr, " --threads %ld", values->threads);
  print_option("--observables", values->observables);
  print_option("--checkpoint-every", values->checkpoint_every);
  if (values->force) fprintf(stderr, " --force");
  if (values->quiet) fprintf(stderr, " --quiet");
  fprintf(stderr, " --resume\n");
}
