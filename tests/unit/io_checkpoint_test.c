/* Checkpoints and work folders: whatever fails and wherever a run is killed, the former or the new checkpoint stands, and
 * the next run puts everything in order. */
#define _XOPEN_SOURCE 700 /* mkdtemp, realpath */

#include "io_fixture.h"

#include "io/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { NUMBERS = 3000 };

/* What is saved here. */
typedef struct thing {
  int count;
  long steps;
  double *number; /* [count] */
  char bytes[5];
  taut_texts texts;
} thing;

static void keep_thing(void *what, taut_keeper *k) {
  thing *t = what;
  taut__keep_int(k, "count", &t->count, 0, NUMBERS);
  taut__keep_array(k, "number", &t->number, (size_t)t->count);
  taut__keep_enter(k, "group");
  taut__keep(k, "steps", &t->steps, TAUT_KEPT_LONG, 1);
  taut__keep(k, "bytes", t->bytes, TAUT_KEPT_BYTE, sizeof t->bytes);
  taut__keep(k, "nothing", NULL, TAUT_KEPT_DOUBLE, 0);
  taut__keep_texts(k, "texts", &t->texts);
  taut__keep_leave(k);
}

static thing make_thing(long steps) {
  thing t = {.count = NUMBERS, .steps = steps, .number = taut__alloc_doubles(NUMBERS), .bytes = "abc"};
  for (int i = 0; i < NUMBERS; i++) t.number[i] = (double)steps + i / 7.0;
  assert_int_equal(taut__texts_add(&t.texts, "step %ld", steps), TAUT_OK);
  assert_int_equal(taut__texts_add(&t.texts, "%s", ""), TAUT_OK);
  assert_int_equal(taut__texts_add(&t.texts, "%s", "last"), TAUT_OK);
  return t;
}

static void free_thing(thing *t) {
  free(t->number);
  taut__texts_free(&t->texts);
}

static int entries(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) return -1;
  int n = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
    n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
  closedir(dir);
  return n;
}

static const char *in(const fixture *x, const char *name) {
  static char path[8][512];
  static int turn;
  char *p = path[turn++ % 8];
  snprintf(p, sizeof path[0], "%s/%s", x->folder, name);
  return p;
}

static void remove_tree(const char *path) {
  DIR *dir = opendir(path);
  if (dir != NULL) {
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
      char child[512];
      if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
      snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
      if (unlink(child) != 0) remove_tree(child);
    }
    closedir(dir);
  }
  rmdir(path);
}

static int begin(void **state) {
  fixture *x = fixture_make(false, 1);
  x->result.points = 8;
  x->result.visits = 1;
  taut__io_synchronise(false);
  *state = x;
  return 0;
}

static int end(void **state) {
  fixture *x = *state;
  taut__io_fail_after(-1);
  taut__io_synchronise(true);
  taut__alloc_fail_after(-1);
  remove_tree(x->folder);
  fixture_free(x);
  return 0;
}

static taut_checkpoint checkpoint_in(const char *folder) {
  return (taut_checkpoint){.folder = folder, .hash = "0123456789abcdef", .yaml = "a: 1\nb: 2\n", .build = "code base"};
}

static taut_err save(const fixture *x, const char *folder, long steps) {
  taut_checkpoint c = checkpoint_in(folder);
  thing t = make_thing(steps);
  taut__fail_clear(x->context);
  taut_err err = taut__checkpoint_write(x->context, &c, (double)steps, keep_thing, &t);
  free_thing(&t);
  return err;
}

static taut_err load(const fixture *x, const taut_checkpoint *c, thing *t) {
  taut_checkpoint copy = *c;
  *t = (thing){0};
  taut__fail_clear(x->context);
  return taut__checkpoint_read(x->context, &copy, keep_thing, t);
}

/* Number of steps of the thing that is saved in `folder`, all of it looked at; -1: none can be loaded. */
static long saved(const fixture *x, const char *folder) {
  const taut_checkpoint c = checkpoint_in(folder);
  thing t;
  long steps = -1;
  if (load(x, &c, &t) == TAUT_OK) {
    thing expected = make_thing(t.steps);
    steps = t.steps;
    assert_int_equal(t.count, NUMBERS);
    assert_memory_equal(t.number, expected.number, NUMBERS * sizeof *t.number);
    assert_memory_equal(t.bytes, expected.bytes, sizeof t.bytes);
    assert_int_equal(t.texts.count, 3);
    for (size_t i = 0; i < 3; i++) assert_string_equal(t.texts.item[i], expected.texts.item[i]);
    free_thing(&expected);
  }
  free_thing(&t);
  return steps;
}

static void message_has(const fixture *x, const char *part) {
  if (strstr(taut_context_message(x->context), part) == NULL)
    fail_msg("'%s' lacks '%s'", taut_context_message(x->context), part);
}

/* -------------------------------------------------------------------------------------------------- one file ---- */

static void what_is_saved_is_loaded(void **state) {
  fixture *x = *state;
  assert_false(taut__checkpoint_exists(x->folder));
  assert_int_equal(save(x, x->folder, 7), TAUT_OK);
  assert_true(taut__checkpoint_exists(x->folder));
  assert_int_equal(saved(x, x->folder), 7);
  assert_int_equal(save(x, x->folder, 8), TAUT_OK);
  assert_int_equal(saved(x, x->folder), 8);
  assert_int_equal(entries(x->folder), 1);
}

static void whichever_step_fails_the_former_checkpoint_stands(void **state) {
  fixture *x = *state;
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  long n = 1;
  for (;; n++) {
    taut__io_fail_after(n);
    const taut_err err = save(x, x->folder, 2);
    taut__io_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(err, TAUT_ERR_IO);
    message_has(x, "Input/output error");
    assert_int_equal(saved(x, x->folder), 1);
    assert_int_equal(entries(x->folder), 1);
  }
  assert_true(n > 6); /* create, writes, head, synchronise, close, rename */
  assert_int_equal(saved(x, x->folder), 2);
}

static void whichever_allocation_fails_the_former_checkpoint_stands(void **state) {
  fixture *x = *state;
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  thing t = make_thing(2);
  for (long n = 1;; n++) {
    taut_checkpoint c = checkpoint_in(x->folder);
    taut__fail_clear(x->context);
    taut__alloc_fail_after(n);
    const taut_err err = taut__checkpoint_write(x->context, &c, 2, keep_thing, &t);
    taut__alloc_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(saved(x, x->folder), 1);
    assert_int_equal(entries(x->folder), 1);
  }
  free_thing(&t);
  assert_int_equal(saved(x, x->folder), 2);
  const taut_checkpoint c = checkpoint_in(x->folder);
  for (long n = 1;; n++) {
    taut__alloc_fail_after(n);
    const taut_err err = load(x, &c, &t);
    taut__alloc_fail_after(-1);
    free_thing(&t);
    if (err == TAUT_OK) break;
  }
}

/* Runs `act` in a child that is killed at its n-th step; false when it came to its end. */
static bool killed(void (*act)(fixture *x), fixture *x, long n) {
  int status;
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    taut__io_die_after(n);
    act(x);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status))
    assert_int_equal(WTERMSIG(status), SIGKILL);
  else
    assert_int_equal(WEXITSTATUS(status), 0);
  return WIFSIGNALED(status);
}

static void save_second(fixture *x) {
  if (save(x, x->folder, 2) != TAUT_OK) _exit(1);
}

static void wherever_it_is_killed_the_former_or_the_new_checkpoint_stands(void **state) {
  fixture *x = *state;
  bool both[2] = {false};
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  for (long n = 1; killed(save_second, x, n); n++) {
    const long found = saved(x, x->folder);
    assert_in_range(found, 1, 2);
    both[found - 1] = true;
    assert_int_equal(save(x, x->folder, 1), TAUT_OK); /* also over what was left */
    assert_int_equal(entries(x->folder), 1);
  }
  assert_true(both[0]);
  assert_int_equal(saved(x, x->folder), 2);
}

/* ------------------------------------------------------------------------------------------------- refusals ---- */

static char *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  assert_int_equal(fseek(file, 0, SEEK_END), 0);
  *length = (size_t)ftell(file);
  rewind(file);
  char *data = malloc(*length);
  assert_int_equal(fread(data, 1, *length, file), *length);
  fclose(file);
  return data;
}

static void write_all(const char *path, const char *data, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static void assert_refused(const fixture *x, const char *part) {
  const taut_checkpoint c = checkpoint_in(x->folder);
  thing t;
  assert_int_equal(load(x, &c, &t), TAUT_ERR_INPUT);
  free_thing(&t);
  message_has(x, "checkpoint.h5: ");
  message_has(x, part);
  message_has(x, "without --resume");
}

static void a_damaged_or_truncated_file_is_refused_wherever_it_is_hurt(void **state) {
  fixture *x = *state;
  size_t length;
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  const char *path = in(x, "checkpoint.h5");
  char *data = read_all(path, &length);
  assert_true(length > 20000);
  for (size_t i = 512; i < length; i += 97) {
    data[i] ^= 16;
    write_all(path, data, length);
    assert_refused(x, "damaged");
    data[i] ^= 16;
  }
  for (size_t n = 0; n < length; n += n < 600 ? 37 : 1009) {
    write_all(path, data, n);
    assert_refused(x, n < 24 ? "is no checkpoint of taut" : "is truncated");
  }
  write_all(path, data, length);
  assert_int_equal(saved(x, x->folder), 1);
  free(data);
}

static void another_case_or_build_is_refused_with_the_difference(void **state) {
  fixture *x = *state;
  thing t;
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  taut_checkpoint c = checkpoint_in(x->folder);
  c.hash = "fedcba9876543210";
  c.yaml = "a: 1   # as before\nb: 3\n";
  assert_int_equal(load(x, &c, &t), TAUT_ERR_INPUT);
  message_has(x, "belongs to another case, with 'b: 2' in place of 'b: 3'; resume it with that case");
  c = checkpoint_in(x->folder);
  c.build = "code other";
  assert_int_equal(load(x, &c, &t), TAUT_ERR_INPUT);
  message_has(x, "was made by another build or kind of processor (code base; here: code other)");
}

static void keep_more(void *what, taut_keeper *k) {
  keep_thing(what, k);
  double more = 0;
  taut__keep(k, "more", &more, TAUT_KEPT_DOUBLE, 1);
}

static void keep_longer(void *what, taut_keeper *k) {
  thing *t = what;
  double two[2];
  taut__keep(k, "count", two, TAUT_KEPT_DOUBLE, 2);
  t->count = 0;
}

static void contents_that_do_not_fit_are_refused(void **state) {
  fixture *x = *state;
  thing t = {0};
  assert_int_equal(save(x, x->folder, 1), TAUT_OK);
  taut_checkpoint c = checkpoint_in(x->folder);
  taut__fail_clear(x->context);
  assert_int_equal(taut__checkpoint_read(x->context, &c, keep_more, &t), TAUT_ERR_INPUT);
  message_has(x, "'more' in it is not what this run expects");
  free_thing(&t);
  taut__fail_clear(x->context);
  assert_int_equal(taut__checkpoint_read(x->context, &c, keep_longer, &t), TAUT_ERR_INPUT);
  message_has(x, "'count' in it is not what this run expects");
}

/* ---------------------------------------------------------------------------------------------- work folder ---- */

enum { COMPLETE = 8 };

static taut_err begin_run(fixture *x, bool force, bool resume) {
  taut__fail_clear(x->context);
  return taut__folder_begin(x->context, in(x, "result"), force, resume, &x->result.folder);
}

static taut_err write_result(fixture *x, bool force) {
  taut__fail_clear(x->context);
  return taut__result_write(x->context, &x->result, x->result.folder ? in(x, "result") : "", force);
}

/* A run from its beginning to its end, with one checkpoint. */
static void whole_run(fixture *x) {
  if (begin_run(x, true, false) != TAUT_OK) _exit(1);
  if (save(x, taut__folder_work(x->result.folder), 1) != TAUT_OK) _exit(2);
  if (write_result(x, true) != TAUT_OK) _exit(3);
}

static void put(const char *path, const char *text) {
  write_all(path, text, strlen(text));
}

static void a_run_leaves_its_result_and_nothing_else(void **state) {
  fixture *x = *state;
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  assert_string_equal(taut__folder_work(x->result.folder), in(x, ".result.taut"));
  assert_int_equal(save(x, taut__folder_work(x->result.folder), 1), TAUT_OK);
  put(in(x, ".result.taut/result/fields_000.h5"), "fields of a visit");
  assert_int_equal(write_result(x, false), TAUT_OK);
  assert_int_equal(entries(x->folder), 1);
  assert_int_equal(entries(in(x, "result")), COMPLETE + 1);
}

static void a_run_that_fails_leaves_a_checkpoint_or_nothing(void **state) {
  fixture *x = *state;
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  taut__folder_abandon(&x->result.folder);
  assert_int_equal(entries(x->folder), 0);
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  assert_int_equal(save(x, taut__folder_work(x->result.folder), 1), TAUT_OK);
  put(in(x, ".result.taut/result/fields_000.h5"), "fields of a visit");
  taut__folder_abandon(&x->result.folder);
  char *path = taut__folder_checkpoint(in(x, "result"));
  assert_string_equal(path, in(x, ".result.taut/checkpoint.h5"));
  free(path);
  /* the next one takes both over */
  assert_int_equal(begin_run(x, false, true), TAUT_OK);
  assert_int_equal(saved(x, taut__folder_work(x->result.folder)), 1);
  assert_int_equal(entries(in(x, ".result.taut/result")), 1);
  taut__folder_abandon(&x->result.folder);
  /* or removes them */
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  assert_int_equal(entries(in(x, ".result.taut/result")), 0);
  assert_false(taut__checkpoint_exists(in(x, ".result.taut")));
  taut__folder_abandon(&x->result.folder);
  assert_int_equal(entries(x->folder), 0);
}

static void a_second_run_is_refused_and_harms_nothing(void **state) {
  fixture *x = *state;
  taut_folder *other = NULL;
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  taut__fail_clear(x->context);
  assert_int_equal(taut__folder_begin(x->context, in(x, "result"), true, false, &other), TAUT_ERR_INPUT);
  message_has(x, "another run is at work on this result (process ");
  assert_null(other);
  assert_int_equal(write_result(x, false), TAUT_OK);
  assert_int_equal(entries(in(x, "result")), COMPLETE);
}

static void what_is_in_the_way_is_told_and_kept(void **state) {
  fixture *x = *state;
  put(in(x, ".result.taut"), "a file of that name");
  assert_int_equal(begin_run(x, false, false), TAUT_ERR_IO);
  message_has(x, ".result.taut: is in the way of the work folder");
  assert_int_equal(unlink(in(x, ".result.taut")), 0);
  assert_int_equal(mkdir(in(x, ".result.taut"), 0777), 0);
  put(in(x, ".result.taut/mine"), "mine");
  assert_int_equal(begin_run(x, false, false), TAUT_OK);
  assert_int_equal(write_result(x, false), TAUT_OK);
  assert_int_equal(entries(in(x, ".result.taut")), 1);
}

/* Puts things in order after a run was killed: by resuming where there is something to resume, else anew. */
static void go_on(fixture *x) {
  const taut_err err = begin_run(x, true, true);
  if (err == TAUT_ERR_INPUT)
    assert_int_equal(begin_run(x, true, false), TAUT_OK);
  else
    assert_int_equal(err, TAUT_OK);
  if (err == TAUT_OK) assert_int_equal(saved(x, taut__folder_work(x->result.folder)), 1);
  assert_int_equal(write_result(x, true), TAUT_OK);
}

static void wherever_a_run_is_killed_the_next_one_puts_things_in_order(void **state) {
  fixture *x = *state;
  long n = 1;
  for (; killed(whole_run, x, n); n++) {
    if (entries(in(x, "result")) >= 0) assert_int_equal(entries(in(x, "result")), COMPLETE); /* complete or not there */
    go_on(x);
    assert_int_equal(entries(in(x, "result")), COMPLETE);
    assert_int_equal(entries(x->folder), 1);
    remove_tree(in(x, "result"));
  }
  assert_true(n > 4 * COMPLETE);
}

static void wherever_a_replacing_run_is_killed_nothing_of_the_user_s_is_lost(void **state) {
  fixture *x = *state;
  long n = 1;
  for (;; n++) {
    assert_int_equal(begin_run(x, true, false), TAUT_OK);
    assert_int_equal(write_result(x, true), TAUT_OK);
    put(in(x, "result/notes.txt"), "mine");
    put(in(x, "result/report.html"), "of the old result");
    const bool dead = killed(whole_run, x, n);
    go_on(x);
    assert_int_equal(entries(in(x, "result")), COMPLETE + 1);
    assert_int_equal(access(in(x, "result/notes.txt"), F_OK), 0);
    assert_int_equal(entries(x->folder), 1);
    remove_tree(in(x, "result"));
    if (!dead) break;
  }
  assert_true(n > 4 * COMPLETE);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(what_is_saved_is_loaded),
      TEST(whichever_step_fails_the_former_checkpoint_stands),
      TEST(whichever_allocation_fails_the_former_checkpoint_stands),
      TEST(wherever_it_is_killed_the_former_or_the_new_checkpoint_stands),
      TEST(a_damaged_or_truncated_file_is_refused_wherever_it_is_hurt),
      TEST(another_case_or_build_is_refused_with_the_difference),
      TEST(contents_that_do_not_fit_are_refused),
      TEST(a_run_leaves_its_result_and_nothing_else),
      TEST(a_run_that_fails_leaves_a_checkpoint_or_nothing),
      TEST(a_second_run_is_refused_and_harms_nothing),
      TEST(what_is_in_the_way_is_told_and_kept),
      TEST(wherever_a_run_is_killed_the_next_one_puts_things_in_order),
      TEST(wherever_a_replacing_run_is_killed_nothing_of_the_user_s_is_lost),
  };
  return cmocka_run_group_tests_name("io_checkpoint", tests, NULL, NULL);
}
