/* Result folders and files appear whole or not at all, whatever fails. */
#define _XOPEN_SOURCE 700 /* mkdtemp, realpath, setrlimit */

#include "io_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *const complete[] = {"case.yaml",   "course.csv", "course.svg",   "fields.h5",
                                       "fields.xdmf", "log.txt",    "summary.json", "visits.csv"};
enum { COMPLETE = sizeof complete / sizeof complete[0] };

/* Number of entries of a folder, -1 when there is none. */
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

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *path, const char *text) {
  char content[4096] = {0};
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  content[fread(content, 1, sizeof content - 1, file)] = '\0';
  fclose(file);
  assert_string_equal(content, text);
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
  /* how much the files hold does not matter here, and some tests write hundreds of them */
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

static taut_err write_result(fixture *x, const char *path, bool force) {
  taut__fail_clear(x->context);
  return taut__result_write(x->context, &x->result, path, force);
}

static void assert_complete(const char *path) {
  assert_int_equal(entries(path), COMPLETE);
  for (int i = 0; i < COMPLETE; i++) {
    char file[512];
    struct stat st;
    snprintf(file, sizeof file, "%s/%s", path, complete[i]);
    assert_int_equal(stat(file, &st), 0);
    assert_true(S_ISREG(st.st_mode) && st.st_size > 0);
  }
}

static void message_has(const fixture *x, const char *part) {
  if (strstr(taut_context_message(x->context), part) == NULL)
    fail_msg("'%s' lacks '%s'", taut_context_message(x->context), part);
}

static void a_result_appears_with_all_its_files_and_missing_parents(void **state) {
  fixture *x = *state;
  taut__io_synchronise(true); /* as users write; the other tests do not wait for the disk */
  assert_int_equal(taut__folder_check(x->context, in(x, "a/b/result/"), false), TAUT_OK);
  assert_int_equal(entries(x->folder), 0);
  assert_int_equal(write_result(x, in(x, "a/b/result/"), false), TAUT_OK);
  assert_complete(in(x, "a/b/result"));
  assert_int_equal(entries(in(x, "a/b")), 1);
  assert_content(in(x, "a/b/result/case.yaml"), x->result.case_yaml);
}

static void an_empty_folder_is_replaced_and_a_full_one_refused(void **state) {
  fixture *x = *state;
  assert_int_equal(mkdir(in(x, "result"), 0755), 0);
  assert_int_equal(write_result(x, in(x, "result"), false), TAUT_OK);
  assert_complete(in(x, "result"));
  assert_int_equal(write_result(x, in(x, "result"), false), TAUT_ERR_INPUT);
  message_has(x, "/result: the folder is not empty; use --force to replace a result");
  assert_complete(in(x, "result"));
  assert_int_equal(entries(x->folder), 1);
}

static void force_replaces_a_result_and_keeps_other_files(void **state) {
  fixture *x = *state;
  assert_int_equal(write_result(x, in(x, "result"), false), TAUT_OK);
  put(in(x, "result/notes.txt"), "mine");
  put(in(x, "result/report.html"), "an old report");
  assert_int_equal(mkdir(in(x, "result/pictures"), 0755), 0);
  x->result.case_yaml[0] = 'T';
  assert_int_equal(write_result(x, in(x, "result"), true), TAUT_OK);
  assert_content(in(x, "result/case.yaml"), x->result.case_yaml);
  assert_content(in(x, "result/notes.txt"), "mine");
  assert_int_equal(entries(in(x, "result/pictures")), 0);
  assert_int_equal(entries(in(x, "result")), COMPLETE + 2); /* the old report belonged to the old result */
  assert_int_equal(entries(x->folder), 1);
}

static void force_fills_a_folder_of_other_files(void **state) {
  fixture *x = *state;
  assert_int_equal(mkdir(in(x, "result"), 0755), 0);
  put(in(x, "result/notes.txt"), "mine");
  assert_int_equal(write_result(x, in(x, "result"), true), TAUT_OK);
  assert_content(in(x, "result/notes.txt"), "mine");
  assert_int_equal(entries(in(x, "result")), COMPLETE + 1);
}

static void force_does_not_overwrite_what_is_no_result(void **state) {
  fixture *x = *state;
  assert_int_equal(mkdir(in(x, "project"), 0755), 0);
  put(in(x, "project/case.yaml"), "the user's own case");
  assert_int_equal(write_result(x, in(x, "project"), true), TAUT_ERR_INPUT);
  message_has(x, "--force would overwrite case.yaml, but this folder does not look like a result of taut");
  assert_content(in(x, "project/case.yaml"), "the user's own case");
  assert_int_equal(entries(in(x, "project")), 1);
  put(in(x, "file"), "a file");
  assert_int_equal(write_result(x, in(x, "file"), true), TAUT_ERR_INPUT);
  message_has(x, "exists and is not a folder");
}

static void names_that_are_no_folder_of_their_own_are_refused(void **state) {
  fixture *x = *state;
  const char *const name[] = {"", ".", "..", "/", "///", in(x, "."), in(x, "a/..")};
  for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
    assert_int_equal(write_result(x, name[i], true), TAUT_ERR_INPUT);
    assert_int_equal(taut__folder_check(x->context, name[i], true), TAUT_ERR_INPUT);
  }
  assert_int_equal(entries(x->folder), 0);
}

static void paths_that_cannot_be_are_io_errors(void **state) {
  fixture *x = *state;
  put(in(x, "file"), "a file");
  assert_int_equal(write_result(x, in(x, "file/result"), false), TAUT_ERR_IO);
  message_has(x, "file/result: cannot create the folder: Not a directory");
  assert_int_equal(write_result(x, in(x, "file/deeper/result"), false), TAUT_ERR_IO);
  assert_int_equal(taut__folder_check(x->context, in(x, "file/deeper/result"), false), TAUT_ERR_IO);
  assert_int_equal(write_result(x, "/proc/taut/result", false), TAUT_ERR_IO);
  char name[400];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  assert_int_equal(write_result(x, in(x, name), false), TAUT_ERR_IO);
  message_has(x, "File name too long");
  assert_int_equal(symlink("nowhere", in(x, "link")), 0);
  assert_int_equal(write_result(x, in(x, "link"), false), TAUT_ERR_IO);
  assert_int_equal(entries(x->folder), 2);
}

static void a_link_to_a_folder_is_followed_and_stays_a_link(void **state) {
  fixture *x = *state;
  struct stat st;
  assert_int_equal(mkdir(in(x, "real"), 0755), 0);
  assert_int_equal(symlink("real", in(x, "link")), 0);
  assert_int_equal(write_result(x, in(x, "link"), false), TAUT_OK);
  assert_int_equal(lstat(in(x, "link"), &st), 0);
  assert_true(S_ISLNK(st.st_mode));
  assert_complete(in(x, "real"));
}

static void the_longest_name_still_works(void **state) {
  fixture *x = *state;
  char name[256];
  memset(name, 'n', 255);
  name[255] = '\0';
  assert_int_equal(write_result(x, in(x, name), false), TAUT_OK);
}

static void whichever_step_fails_nothing_stands_under_a_final_name(void **state) {
  fixture *x = *state;
  long n = 1;
  for (;; n++) {
    taut__io_fail_after(n);
    taut_err err = write_result(x, in(x, "a/b/result"), false);
    taut__io_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(err, TAUT_ERR_IO);
    message_has(x, "Input/output error");
    assert_int_equal(entries(x->folder), 0);
  }
  assert_true(n > 4 * COMPLETE); /* create, write, synchronise, close of every file, and more */
  assert_complete(in(x, "a/b/result"));
}

static void whichever_step_fails_the_former_result_stands(void **state) {
  fixture *x = *state;
  assert_int_equal(write_result(x, in(x, "result"), false), TAUT_OK);
  put(in(x, "result/notes.txt"), "mine");
  char *old = taut__strdup(x->result.case_yaml);
  x->result.case_yaml[0] = 'T';
  long n = 1;
  for (;; n++) {
    taut__io_fail_after(n);
    taut_err err = write_result(x, in(x, "result"), true);
    taut__io_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(err, TAUT_ERR_IO);
    assert_content(in(x, "result/case.yaml"), old);
    assert_content(in(x, "result/notes.txt"), "mine");
    assert_int_equal(entries(in(x, "result")), COMPLETE + 1);
    assert_int_equal(entries(x->folder), 1);
  }
  assert_content(in(x, "result/case.yaml"), x->result.case_yaml);
  assert_content(in(x, "result/notes.txt"), "mine");
  free(old);
}

static void whichever_allocation_fails_nothing_stands_under_a_final_name(void **state) {
  fixture *x = *state;
  long n = 1;
  for (;; n++) {
    taut__alloc_fail_after(n);
    taut_err err = write_result(x, in(x, "a/result"), false);
    taut__alloc_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(entries(x->folder), 0);
  }
  assert_true(n > 100);
  assert_complete(in(x, "a/result"));
}

static void the_file_size_limit_is_an_error_and_no_signal(void **state) {
  fixture *x = *state;
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {6000, 6000};
    signal(SIGXFSZ, SIG_DFL);
    setrlimit(RLIMIT_FSIZE, &limit);
    taut_err err = write_result(x, in(x, "a/result"), false);
    bool told = strstr(taut_context_message(x->context), "cannot write the file: File too large") != NULL;
    _exit(err == TAUT_ERR_IO && told && entries(x->folder) == 0 ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_single_file_is_replaced_whole_or_kept(void **state) {
  fixture *x = *state;
  put(in(x, "o.csv"), "old");
  assert_int_equal(symlink("o.csv", in(x, "link.csv")), 0);
  for (long n = 1;; n++) {
    taut__io_fail_after(n);
    taut_err err = taut__result_write_observables(x->context, &x->result, in(x, "link.csv"));
    taut__io_fail_after(-1);
    if (err == TAUT_OK) break;
    assert_int_equal(err, TAUT_ERR_IO);
    assert_content(in(x, "o.csv"), "old");
    assert_int_equal(entries(x->folder), 2);
  }
  struct stat st;
  assert_int_equal(lstat(in(x, "link.csv"), &st), 0);
  assert_true(S_ISLNK(st.st_mode));
  taut_text expected = {0};
  taut__observables_csv(&x->result, &expected);
  assert_content(in(x, "o.csv"), expected.data);
  taut__text_free(&expected);
}

static void a_single_file_goes_to_devices_and_not_over_folders(void **state) {
  fixture *x = *state;
  assert_int_equal(taut__result_write_observables(x->context, &x->result, "/dev/null"), TAUT_OK);
  assert_int_equal(taut__result_write_observables(x->context, &x->result, "/dev/full"), TAUT_ERR_IO);
  message_has(x, "/dev/full: cannot write the file: No space left on device");
  assert_int_equal(taut__result_write_observables(x->context, &x->result, x->folder), TAUT_ERR_INPUT);
  assert_int_equal(taut__result_write_observables(x->context, &x->result, in(x, "none/o.csv")), TAUT_ERR_IO);
  assert_int_equal(entries(x->folder), 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(a_result_appears_with_all_its_files_and_missing_parents),
      TEST(an_empty_folder_is_replaced_and_a_full_one_refused),
      TEST(force_replaces_a_result_and_keeps_other_files),
      TEST(force_fills_a_folder_of_other_files),
      TEST(force_does_not_overwrite_what_is_no_result),
      TEST(names_that_are_no_folder_of_their_own_are_refused),
      TEST(paths_that_cannot_be_are_io_errors),
      TEST(a_link_to_a_folder_is_followed_and_stays_a_link),
      TEST(the_longest_name_still_works),
      TEST(whichever_step_fails_nothing_stands_under_a_final_name),
      TEST(whichever_step_fails_the_former_result_stands),
      TEST(whichever_allocation_fails_nothing_stands_under_a_final_name),
      TEST(the_file_size_limit_is_an_error_and_no_signal),
      TEST(a_single_file_is_replaced_whole_or_kept),
      TEST(a_single_file_goes_to_devices_and_not_over_folders),
  };
  return cmocka_run_group_tests_name("io_folder", tests, NULL, NULL);
}
