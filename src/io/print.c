/* The table that ends `taut run`: what was done, what changed and when, what to beware of. */
#include "io/io.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 100, NAME_WIDTH = 30, UNIT_WIDTH = 10, CELL_WIDTH = 10, SHOWN_VISITS = 5 };

/* Twins of another quantity, and what the table of sessions tells: they are in visits.csv. */
static bool told_elsewhere(int q) {
  const char *name = taut__quantity[q].name;
  const size_t length = strlen(name);
  const bool reticular = length > 10 && !strcmp(name + length - 10, "_reticular") && strcmp(name, "collagen_reticular");
  const bool young = length > 6 && !strcmp(name + length - 6, "_young");
  return reticular || young || !strcmp(taut__quantity[q].group, "injury");
}

/* Columns a UTF-8 text takes (every character one). */
static int columns(const char *text) {
  int n = 0;
  for (const char *s = text; *s != '\0'; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
  return n;
}

static void pad(taut_text *out, int n) {
  for (int i = 0; i < n; i++) taut__text_addn(out, " ", 1);
}

/* A cell of `width` columns; width < 0: flush left. */
static void add_cell(taut_text *out, const char *text, int width) {
  int blanks = abs(width) - columns(text);
  if (width > 0) pad(out, blanks);
  taut__text_addn(out, text, strlen(text));
  if (width < 0) pad(out, blanks);
}

/* Appends "PREFIX text", wrapped at words, further lines indented below the text. */
static void add_wrapped(taut_text *out, const char *prefix, const char *text) {
  char *plain = taut__plain(text);
  if (plain == NULL) {
    out->failed = true;
    return;
  }
  int indent = columns(prefix), used = indent;
  taut__text_add(out, "%s", prefix);
  for (char *word = plain, *end; *word != '\0'; word = end) {
    word += strspn(word, " ");
    end = word + strcspn(word, " ");
    char kept = *end;
    *end = '\0';
    int width = columns(word);
    if (used > indent && used + 1 + width > COLUMNS) {
      taut__text_addn(out, "\n", 1);
      pad(out, indent);
      used = indent;
    }
    taut__text_add(out, "%s%s", used > indent ? " " : "", word);
    used += width + (used > indent ? 1 : 0);
    *end = kept;
  }
  taut__text_addn(out, "\n", 1);
  free(plain);
}

/* Number with `digits` significant digits into a cell, with fewer where they would touch the cell before. */
static void add_value(taut_text *out, double x, int digits, int width) {
  taut_text cell = {0};
  const int decimals = taut__decimals(x, digits), most = width - (int)strlen(" -0.");
  /* Numbers far below anything that matters would need ten digits after the point. */
  if (fabs(x) < 5e-5)
    taut__text_add(&cell, "0");
  else
    taut__add_fixed(&cell, x, decimals < most ? decimals : most);
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

static void add_percent(taut_text *out, double percent, int width) {
  taut_text cell = {0};
  bool none = fabs(percent) < 0.05;
  taut__text_add(&cell, "%s", none || percent < 0 ? "" : "+");
  taut__add_fixed(&cell, none ? 0 : percent, fabs(percent) < 999.95 ? 1 : 0);
  taut__text_add(&cell, " %%");
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

/* A difference of grades, always with its sign. */
static void add_difference(taut_text *out, double difference, int width) {
  taut_text cell = {0};
  const bool none = fabs(difference) < 0.005;
  taut__text_add(&cell, "%s", none || difference < 0 ? "" : "+");
  taut__add_fixed(&cell, none ? 0 : difference, 2);
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

/* ------------------------------------------------------------------------------------------- what was done ---- */

static void add_patient(taut_text *out, const struct taut_result *result) {
  const struct taut_case *c = result->c;
  taut_text line = {0};
  if (c->site.name != NULL) taut__text_add(&line, "%s, ", c->site.name);
  taut__text_add(&line, "%s, ", c->patient.sex == TAUT_FEMALE ? "woman" : "man");
  taut__add_fixed(&line, c->patient.age, 0);
  taut__text_add(&line, " years");
  if (c->device.name != NULL && result->sessions > 0) taut__text_add(&line, ", %s", c->device.name);
  if (result->sessions == 0)
    taut__text_add(&line, ", %s", taut__without_session(result));
  else
    taut__text_add(&line, ", %d session%s", result->sessions, result->sessions == 1 ? "" : "s");
  if (line.failed)
    out->failed = true;
  else
    add_wrapped(out, "", line.data);
  taut__text_free(&line);
}

/* Sessions alike but for the day share a line.  What one of two does not know, the other must not know either. */
static bool same(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static bool alike(const taut_session_report *a, const taut_session_report *b) {
  return same(a->nominal_mm, b->nominal_mm) && same(a->achieved_mm, b->achieved_mm) &&
         same(a->density_cm2, b->density_cm2) && same(a->holes_cm2, b->holes_cm2) && same(a->bleeding, b->bleeding) &&
         same(a->p_fat_ultrasound, b->p_fat_ultrasound) && same(a->p_fat_histology, b->p_fat_histology);
}

static void add_range(taut_text *out, double from, double to, int width) {
  taut_text cell = {0};
  char number[32];
  taut__text_add(&cell, "%s", taut__number(from, number));
  if (to != from) taut__text_add(&cell, "-%s", taut__number(to, number));
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

/* A number or, where there is none, a dash. */
static void add_known(taut_text *out, double x, int decimals, const char *unit, int width) {
  taut_text cell = {0};
  if (isfinite(x)) {
    taut__add_fixed(&cell, x, decimals);
    taut__text_add(&cell, "%s", unit);
  } else {
    taut__text_add(&cell, "-");
  }
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

static void add_sessions(taut_text *out, const struct taut_result *result) {
  if (result->sessions == 0 || !(result->session[0].nominal_mm > 0)) return;
  taut__text_add(
      out, "\nsession     day         needle    reached    punctures      holes    bleeding   reaching the fat\n"
           "                            mm         mm         /cm2       /cm2     a punct.   ultras. / histol.\n");
  for (int s = 0, last; s < result->sessions; s = last + 1) {
    const taut_session_report *r = &result->session[s];
    for (last = s; last + 1 < result->sessions && alike(r, &result->session[last + 1]);) last++;
    add_range(out, s + 1, last + 1, -12);
    add_range(out, r->day, result->session[last].day, -10);
    add_known(out, r->nominal_mm, 2, "", 8);
    add_known(out, r->achieved_mm, 2, "", 11);
    add_known(out, r->density_cm2, 0, "", 13);
    add_known(out, r->holes_cm2, 0, "", 11);
    add_known(out, 100 * r->bleeding, 0, " %", 13);
    add_known(out, 100 * r->p_fat_ultrasound, 1, " %", 10);
    taut__text_add(out, " /");
    add_known(out, 100 * r->p_fat_histology, 1, " %", 8);
    taut__text_addn(out, "\n", 1);
  }
}

/* --------------------------------------------------------------------------------------------- what changed ---- */

/* Picks visits for the columns: the first after day 0, the last, and between them those nearest to equal steps of the
 * cube root of time, which gives days, weeks and months their share.  Returns how many. */
static int pick_visits(const struct taut_result *result, int pick[SHOWN_VISITS]) {
  int first = 0, n = 0;
  while (first + 1 < result->visits && !(result->visit_day[first] > 0)) first++;
  if (result->visits == 0) return 0;
  double from = cbrt(result->visit_day[first]), to = cbrt(result->visit_day[result->visits - 1]);
  for (int k = 0; k < SHOWN_VISITS; k++) {
    double target = from + (to - from) * k / (SHOWN_VISITS - 1), least = INFINITY;
    int best = -1;
    for (int v = n > 0 ? pick[n - 1] + 1 : first; v < result->visits; v++) {
      double distance = fabs(cbrt(result->visit_day[v]) - target);
      if (distance >= least) continue;
      least = distance;
      best = v;
    }
    if (best >= 0) pick[n++] = best;
  }
  return n;
}

static void add_time(taut_text *out, double day, int width) {
  taut_text cell = {0};
  bool hours = day > 0 && day < 2 && day != 1;
  double time = hours ? 24 * day : day;
  taut__add_fixed(&cell, time, time < 10 && fabs(time - round(time)) > 0.05 ? 1 : 0);
  taut__text_add(&cell, hours ? " h" : " d");
  if (cell.failed)
    out->failed = true;
  else
    add_cell(out, cell.data, width);
  taut__text_free(&cell);
}

/* Papers give differences of grades; per cent of a grade mean nothing. */
static bool graded(int q) {
  return strstr(taut__quantity[q].name, "_grade") != NULL;
}

static bool calibrated(int q) {
  return taut__quantity[q].evidence != NULL && strncmp(taut__quantity[q].evidence, "calibrated", 10) == 0;
}

/* One line: name, unit, then change in per cent (of grades: the difference) or, without a baseline, the value itself. */
static void add_outcome(taut_text *out, const struct taut_result *result, int q, const int *pick, int picks) {
  double baseline = result->baseline[q];
  taut_text name = {0};
  taut__text_add(&name, "  %s%s%s", taut__quantity[q].name, calibrated(q) ? " *" : "",
                 result->undemonstrable[q] ? " ~" : "");
  if (name.failed)
    out->failed = true;
  else
    add_cell(out, name.data, -NAME_WIDTH);
  taut__text_free(&name);
  add_cell(out, taut__quantity[q].unit, -UNIT_WIDTH);
  add_value(out, baseline, 4, CELL_WIDTH);
  for (int k = 0; k < picks; k++) {
    double value = result->visit[pick[k] * TAUT_QUANTITIES + q];
    if (!isfinite(value))
      add_cell(out, "-", CELL_WIDTH);
    else if (graded(q))
      add_difference(out, value - baseline, CELL_WIDTH);
    else if (baseline == 0)
      add_value(out, value, 3, CELL_WIDTH);
    else
      add_percent(out, 100 * (value - baseline) / baseline, CELL_WIDTH);
  }
  taut__text_addn(out, "\n", 1);
}

/* Every quantity that was computed, by group: the change in per cent, or the value where there is nothing to compare with. */
static void add_outcomes(taut_text *out, const struct taut_result *result, const int *pick, int picks) {
  const char *group = "";
  taut__text_addn(out, "\n", 1);
  add_cell(out, "change or value at", -NAME_WIDTH);
  add_cell(out, "unit", -UNIT_WIDTH);
  add_cell(out, "before", CELL_WIDTH);
  for (int k = 0; k < picks; k++) add_time(out, result->visit_day[pick[k]], CELL_WIDTH);
  taut__text_addn(out, "\n", 1);
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    if (told_elsewhere(q) || !isfinite(result->baseline[q])) continue;
    if (strcmp(group, taut__quantity[q].group)) {
      group = taut__quantity[q].group;
      taut__text_add(out, "%s\n", group);
    }
    add_outcome(out, result, q, pick, picks);
  }
}

/* Events that studies counted: the indices of risk are not to be read without them. */
static void add_events(taut_text *out, const struct taut_result *result) {
  for (int i = 0; i < result->events; i++) {
    const taut_counted_event *e = &result->event[i];
    if (!e->people) continue;
    taut_text line = {0};
    taut__text_add(&line, "%d of %d (95 %%: ", e->count, e->people);
    taut__add_fixed(&line, 100 * e->low, 1);
    taut__text_add(&line, " to ");
    taut__add_fixed(&line, 100 * e->high, 1);
    taut__text_add(&line, " %%) %s", e->doc);
    if (line.failed)
      out->failed = true;
    else
      add_wrapped(out, "counted in a study: ", line.data);
    taut__text_free(&line);
  }
}

/* Downtime is never a single hour, and pain a guess outside what was studied. */
static void add_aftermath(taut_text *out, const struct taut_result *result) {
  double low = INFINITY, high = 0;
  bool longer = false, extrapolated = false;
  for (int s = 0; s < result->sessions; s++) {
    const taut_session_report *r = &result->session[s];
    if (!r->surface) continue;
    low = fmin(low, r->downtime_low_h);
    high = fmax(high, r->downtime_high_h);
    longer |= r->still_red;
    extrapolated |= r->pain_extrapolated;
  }
  taut_text line = {0};
  if (high > 0) {
    taut__add_fixed(&line, low, taut__decimals(low, 2));
    taut__text_add(&line, " to ");
    taut__add_fixed(&line, high, taut__decimals(high, 2));
    taut__text_add(&line, " h is the band in which published times scatter%s",
                   longer ? "; redness lasts to the next session or the end, so that this is a lower limit" : "");
    if (line.failed)
      out->failed = true;
    else
      add_wrapped(out, "downtime: ", line.data);
  }
  taut__text_free(&line);
  if (extrapolated)
    add_wrapped(
        out, "pain: ", "extrapolated beyond its one study (forearm, needles of 0.48 to 1.45 mm, up to 50 at a time)");
}

/* What one reading scatters by, where that is known. */
static void add_noise(taut_text *out, const struct taut_result *result) {
  taut_text line = {0};
  int n = 0;
  taut__text_add(&line, "values are expectations; one reading scatters (SD) by");
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    const double sd = result->noise[q];
    if (!(sd > 0)) continue;
    taut__text_add(&line, "%s %s ", n++ ? "," : "", taut__quantity[q].name);
    taut__add_fixed(&line, sd, taut__decimals(sd, 2));
    if (strcmp(taut__quantity[q].unit, "1")) taut__text_add(&line, " %s", taut__quantity[q].unit);
  }
  if (line.failed)
    out->failed = true;
  else if (n)
    add_wrapped(out, "noise: ", line.data);
  taut__text_free(&line);
}

static void add_remarks(taut_text *out, const struct taut_result *result) {
  bool stars = false, unsure = false;
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    stars |= isfinite(result->baseline[q]) && calibrated(q);
    unsure |= result->undemonstrable[q];
  }
  taut__text_addn(out, "\n", 1);
  taut_text remark = {0};
  taut__text_add(&remark, "Times count from %s%s.%s", taut__origin_of_time(result),
                 result->sessions > 0 ? "; values on a session day are before it" : "",
                 stars ? " * calibrated on published data; all else is predicted." : "");
  if (remark.failed)
    out->failed = true;
  else
    add_wrapped(out, "", remark.data);
  taut__text_free(&remark);
  add_aftermath(out, result);
  add_events(out, result);
  if (unsure) add_wrapped(out, "~ ", TAUT_UNDEMONSTRABLE);
  if (result->suction_method != NULL) {
    taut_text line = {0};
    taut__text_add(&line, "by %s; error of R0 about ", result->suction_method);
    taut__add_fixed(&line, 100 * result->suction_error, 1);
    taut__text_add(&line, " %%, changes are surer than values");
    if (line.failed)
      out->failed = true;
    else
      add_wrapped(out, "suction: ", line.data);
    taut__text_free(&line);
  }
  add_noise(out, result);
  for (int i = 0; i < TAUT_UNMODELLED; i++) {
    taut_text line = {0};
    taut__text_add(&line, "%s (%s)", taut__unmodelled[i].name, taut__unmodelled[i].reason);
    if (line.failed)
      out->failed = true;
    else
      add_wrapped(out, "not modelled: ", line.data);
    taut__text_free(&line);
  }
  if (result->uncertainty != NULL) add_wrapped(out, "uncertain: ", result->uncertainty);
  for (size_t i = 0; i < result->warnings.count; i++) {
    const char *text = result->warnings.item[i];
    const char *level = taut__warning_level(&text);
    add_wrapped(out, level, text);
  }
  add_wrapped(out, "", TAUT_NOTICE);
}

taut_err taut__result_print(taut_context *context, const struct taut_result *result, FILE *out) {
  int pick[SHOWN_VISITS];
  int picks = pick_visits(result, pick);
  taut_text text = {0};
  if (result->c->title != NULL && result->c->title[0] != '\0') add_wrapped(&text, "", result->c->title);
  add_patient(&text, result);
  add_sessions(&text, result);
  add_outcomes(&text, result, pick, picks);
  add_remarks(&text, result);
  taut_err err = TAUT_OK;
  if (text.failed) {
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  } else if (fwrite(text.data, 1, text.length, out) != text.length || fflush(out) != 0) {
    err = taut__fail(context, TAUT_ERR_IO, NULL, "cannot write the table: %s", strerror(errno));
  }
  taut__text_free(&text);
  return err;
}
