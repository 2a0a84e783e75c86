/* Fuzz target: the case reader.  Input: a case, then --set texts, separated by NUL bytes.
 * Whatever the input, reading ends with a case or with a message; a case that was read is written and read back to
 * the same case. */
#define _POSIX_C_SOURCE 200809L
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

enum { SETS = 8, INPUT_BYTES = 1 << 16 };

static char *written(const taut_case *c, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  if (!out || taut_case_write(c, out) != TAUT_OK || fclose(out) != 0) abort();
  return text;
}

/* A written case gives the same case again. */
static void check_round_trip(taut_context *context, const taut_case *c) {
  size_t length = 0;
  char hash[17], again[17], *text = written(c, &length);
  taut_case *copy = NULL;
  if (taut__case_parse(context, &taut__registry, "case.yaml", text, length, NULL, 0, &copy) != TAUT_OK) {
    fprintf(stderr, "%s\n%s\n", taut_context_message(context), text);
    abort();
  }
  taut_case_hash(c, hash);
  taut_case_hash(copy, again);
  if (strcmp(hash, again) != 0) abort();
  taut_case_destroy(&copy);
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > INPUT_BYTES) return 0;
  char *input = calloc(size + 1, 1);
  const char *sets[SETS];
  size_t n = 0, length = size;
  if (!input) return 0;
  memcpy(input, data, size);
  for (size_t i = 0; i < size && n < SETS; i++)
    if (input[i] == '\0') {
      if (n == 0) length = i;
      sets[n++] = input + i + 1;
    }
  taut_context_options options = {.data_dir = getenv("TAUT_DATA")};
  taut_context *context = NULL;
  taut_case *c = NULL;
  if (taut_context_create(&options, &context) != TAUT_OK) abort();
  taut_err err = taut__case_parse(context, &taut__registry, "fuzz.yaml", input, length, sets, n, &c);
  if (err == TAUT_OK)
    check_round_trip(context, c);
  else if (taut_context_message(context)[0] == '\0' || c || err < 0)
    abort();
  taut_case_destroy(&c);
  taut_context_destroy(&context);
  free(input);
  return 0;
}
