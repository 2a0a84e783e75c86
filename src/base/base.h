/* Base room: context, errors, log, memory, text.  Everything may include this; it includes only the public header. */
#ifndef TAUT_BASE_BASE_H
#define TAUT_BASE_BASE_H

#include <taut/taut.h>

#include <stdarg.h>
#include <stdint.h>

/** Records a failure in the context and returns `err`.
 *  @param where  "case.yaml:14:9", "--set schedule.sessions", a file name, or NULL
 *  Several calls append lines (one failure a line); the first code recorded is kept by taut__error_code(). */
taut_err taut__fail(taut_context *context, taut_err err, const char *where, const char *format, ...) TAUT_PRINTF(4, 5);
/** Forgets recorded failures (start of a public call). */
void taut__fail_clear(taut_context *context);
/** Code of the first recorded failure, TAUT_OK when none. */
taut_err taut__error_code(const taut_context *context);
/** Number of recorded failures. */
int taut__fail_count(const taut_context *context);

/** Hands a message to the log of the context.  Call it from one thread only: the one that owns the context. */
void taut__log(taut_context *context, taut_log_level level, const char *format, ...) TAUT_PRINTF(3, 4);
/** True when the user asks to stop. */
bool taut__progress(taut_context *context, const taut_progress *progress);
/** Tells that a phase begins. */
void taut__phase(taut_context *context, taut_phase phase);
int taut__threads(const taut_context *context);
/** Processes that share the runs of this context (domain/distributed/comm.h); lent, NULL: one process. */
struct taut_comm *taut__comm(const taut_context *context);
void taut__set_comm(taut_context *context, struct taut_comm *comm);
/** Folder that holds presets/; lent, resolved once.  NULL with a recorded failure when none is found. */
const char *taut__data_dir(taut_context *context);

/* Memory.  taut__alloc zeroes; both report MEMORY through a NULL return, also when count * size overflows, and give a
 * pointer even for no bytes.  For tests, taut__alloc_fail_after(n) makes the n-th allocation from now fail, once
 * (1: the next; n < 1: never). */
void *taut__alloc(size_t count, size_t size);
void *taut__realloc(void *p, size_t count, size_t size);
/** 64-byte aligned doubles, zeroed; release with free(). */
double *taut__alloc_doubles(size_t count);
char *taut__strdup(const char *text);
char *taut__strndup(const char *text, size_t length);
void taut__alloc_fail_after(long n);

/** Bytes that this process could still take on this machine; INFINITY where the system does not tell. */
double taut__memory_available(void);

/** Growing text.  Zero-initialise; `data` is NUL-terminated (never NULL after the first append); free with taut__text_free. */
typedef struct taut_text {
  char *data;
  size_t length, capacity;
  bool failed; /**< out of memory at some append: data is incomplete */
} taut_text;
void taut__text_add(taut_text *text, const char *format, ...) TAUT_PRINTF(2, 3);
void taut__text_vadd(taut_text *text, const char *format, va_list args) TAUT_PRINTF(2, 0);
void taut__text_addn(taut_text *text, const char *bytes, size_t n);
void taut__text_free(taut_text *text);

/** Takes a text over as what taut_context_log() gives, in place of the former one; an incomplete one counts as none. */
void taut__keep_log(taut_context *context, taut_text *text);
/** Takes over the path that taut_context_checkpoint() gives; NULL: none. */
void taut__keep_checkpoint_path(taut_context *context, char *path);
/** Takes over the name of the file to which that log went; returns it, lent. */
const char *taut__keep_log_path(taut_context *context, char *path);

/** List of texts (warnings).  Zero-initialise. */
typedef struct taut_texts {
  char **item;
  size_t count, capacity;
} taut_texts;
taut_err taut__texts_add(taut_texts *texts, const char *format, ...) TAUT_PRINTF(2, 3);
void taut__texts_free(taut_texts *texts);

/** Shortest decimal text that reads back as the same double ("%.17g" at worst). */
const char *taut__number(double x, char buffer[32]);
/** Index of the nearest name by edit distance (a swap of neighbours counts once, a wrong case an eighth), or -1 when none
 *  is near enough to suggest. */
int taut__nearest(const char *word, const char *const *names, size_t n);

/* Counter-based random numbers (Random123 Philox4x32-10): a number depends on (seed, stream, index) alone.
 * The normal number is the quantile of the uniform number at the same address: use another stream for independence. */
double taut__uniform(uint64_t seed, uint64_t stream, uint64_t index); /**< in (0, 1) */
double taut__normal(uint64_t seed, uint64_t stream, uint64_t index);  /**< N(0, 1) */
uint64_t taut__stream(const char *name);                              /**< stream number of a name (FNV-1a) */

#endif
