/* Tables as text: visits.csv, course.csv, the observables, log.txt.
 *
 * Numbers are the shortest decimals that read back as the same double.  A quantity that is not modelled (no number) has
 * no row, so that nobody takes it for unchanged. */
#include "io/io.h"

#include <math.h>
#include <string.h>

/* One CSV cell: quoted when it needs to be. */
static void add_cell(taut_text *out, const char *text) {
  if (strpbrk(text, ",\"\n\r") == NULL) {
    taut__text_addn(out, text, strlen(text));
    return;
  }
  taut__text_addn(out, "\"", 1);
  for (const char *s = text; *s != '\0'; s++) {
    if (*s == '"') taut__text_addn(out, "\"", 1);
    taut__text_addn(out, s, 1);
  }
  taut__text_addn(out, "\"", 1);
}

static void add_number(taut_text *out, double x) {
  char number[32];
  taut__number(x == 0 ? 0 : x, number); /* no "-0" */
  taut__text_addn(out, number, strlen(number));
}

/* `time_d,quantity,value,unit`; false when there is nothing to write. */
static bool add_value(taut_text *out, double day, int q, double value) {
  if (!isfinite(value)) return false;
  add_number(out, day);
  taut__text_addn(out, ",", 1);
  add_cell(out, taut__quantity[q].name);
  taut__text_addn(out, ",", 1);
  add_number(out, value);
  taut__text_addn(out, ",", 1);
  add_cell(out, taut__quantity[q].unit);
  return true;
}

void taut__visits_csv(const struct taut_result *result, taut_text *out) {
  taut__text_add(out, "time_d,quantity,value,unit,baseline,change,change_percent\n");
  for (int v = 0; v < result->visits; v++) {
    for (int q = 0; q < TAUT_QUANTITIES; q++) {
      double value = result->visit[v * TAUT_QUANTITIES + q], baseline = result->baseline[q];
      if (!add_value(out, result->visit_day[v], q, value)) continue;
      taut__text_addn(out, ",", 1);
      if (isfinite(baseline)) {
        add_number(out, baseline);
        taut__text_addn(out, ",", 1);
        add_number(out, value - baseline);
        taut__text_addn(out, ",", 1);
        if (baseline != 0) add_number(out, 100 * (value - baseline) / baseline);
      } else {
        taut__text_addn(out, ",,", 2);
      }
      taut__text_addn(out, "\n", 1);
    }
  }
}

void taut__course_csv(const struct taut_result *result, taut_text *out) {
  taut__text_add(out, "time_d,quantity,value,unit\n");
  for (int p = 0; p < result->points; p++) {
    for (int q = 0; q < TAUT_QUANTITIES; q++) {
      if (add_value(out, result->point_day[p], q, result->point[p * TAUT_QUANTITIES + q]))
        taut__text_addn(out, "\n", 1);
    }
  }
}

void taut__observables_csv(const struct taut_result *result, taut_text *out) {
  taut__text_add(out, "t_d");
  for (int i = 0; i < result->observables; i++) {
    taut__text_addn(out, ",", 1);
    add_cell(out, result->observable_name[i]);
  }
  taut__text_addn(out, "\n", 1);
  for (int v = 0; v < result->visits; v++) {
    add_number(out, result->visit_day[v]);
    for (int i = 0; i < result->observables; i++) {
      taut__text_addn(out, ",", 1);
      add_number(out, result->observed[v * result->observables + i]);
    }
    taut__text_addn(out, "\n", 1);
  }
}

void taut__log_txt(const struct taut_result *result, taut_text *out) {
  char number[32];
  taut__text_add(out, "taut %s (%s), case %s\n", taut_version(), taut_commit(), result->hash);
  for (size_t i = 0; i < result->log.count; i++) taut__text_add(out, "%s\n", result->log.item[i]);
  taut__text_add(out, "steps %ld, rejected %ld, redone with backward Euler %ld\n", result->report.steps,
                 result->report.rejected, result->report.backward_euler);
  taut__text_add(out, "wall time %s s\n", taut__number(result->wall_seconds, number));
  for (size_t i = 0; i < result->warnings.count; i++) {
    const char *text = result->warnings.item[i];
    const char *level = taut__warning_level(&text);
    taut__text_add(out, "%s%s\n", level, text);
  }
}
