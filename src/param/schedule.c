/* schedule: sessions, visits, end. */
#include "param/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SESSIONS = 1000, MAX_VISITS = 10000 };

/* A time for messages: in the unit that people would use. */
static const char *day_text(double day, char buffer[64]) {
  char number[32];
  if (day < 2)
    snprintf(buffer, 64, "%s h", taut__number(round(day * 24 * 1e6) / 1e6, number));
  else
    snprintf(buffer, 64, "%s days", taut__number(round(day * 1e6) / 1e6, number));
  return buffer;
}

static const taut_row *row_of(const char *key) {
  return &taut__rows[taut__row_find(key)];
}

/* ---------------------------------------------------------------------------------------------------- sessions ---- */

static void check_depth(taut_reader *reader, const taut_session *s, const taut_node *place, const char *key) {
  const taut_case *c = reader->c;
  const taut_device *d = &c->device;
  char depth[32], low[32], high[32];
  taut__number(s->depth, depth);
  if (s->achieved > s->depth)
    taut__complain(reader, TAUT_ERR_INPUT, place, false,
                   "%s: an achieved depth of %s mm is more than the needle length set; expected at most %s mm", key,
                   taut__number(s->achieved, low), depth);
  if (c->model.injury != TAUT_INJURY_DEVICE || !taut__reader_entry(reader, "device.length")->text) return;
  if (s->depth < d->length[0] * (1 - 1e-9) || s->depth > d->length[1] * (1 + 1e-9)) {
    taut__number(d->length[0], low);
    if (d->length[0] < d->length[1])
      taut__complain(reader, TAUT_ERR_INPUT, place, false,
                     "%s: %s mm cannot be set on the device %s; expected %s to %s mm", key, depth, d->name, low,
                     taut__number(d->length[1], high));
    else
      taut__complain(reader, TAUT_ERR_INPUT, place, false,
                     "%s: %s mm cannot be set on the device %s; its needles have %s mm", key, depth, d->name, low);
  } else if (d->length_step > 0) {
    double steps = s->depth / d->length_step;
    if (fabs(steps - round(steps)) > 1e-6)
      taut__remark(reader, place, "%s: %s mm is no step of the device %s, which is set in steps of %s mm", key, depth,
                   d->name, taut__number(d->length_step, low));
  }
}

/* What treatment: says for every session. */
static taut_session common_session(const taut_case *c) {
  return (taut_session){.day = 0,
                        .depth = c->treatment_depth,
                        .achieved = c->treatment_achieved,
                        .density = c->treatment_density,
                        .passes = c->treatment_passes};
}

static bool read_session(taut_reader *reader, const taut_node *item, taut_session *s) {
  static const char *const names[] = {"at", "depth", "density", "passes", "achieved_depth"};
  static const char *const rows[] = {"schedule.until", "treatment.depth", "treatment.density", "treatment.passes",
                                     "treatment.achieved_depth"};
  enum { NAMES = sizeof names / sizeof *names };
  *s = common_session(reader->c);
  double value[NAMES];
  const taut_node *given[NAMES] = {NULL};
  if (item->kind != TAUT_NODE_MAP) {
    taut__row_misfit(reader, row_of("schedule.sessions"), item, "a session is a mapping");
    return false;
  }
  for (const taut_node *n = item->first; n; n = n->next) {
    int i = 0;
    while (i < NAMES && strcmp(names[i], n->key) != 0) i++;
    if (i == NAMES) {
      char shown[80];
      int near = taut__nearest(n->key, names, NAMES);
      taut__complain(reader, TAUT_ERR_INPUT, n, true, "unknown key \"%s\" of a session; %s%s",
                     taut__excerpt(n->key, shown),
                     near >= 0 ? "nearest known key " : "expected at, depth, density, passes or achieved_depth",
                     near >= 0 ? names[near] : "");
      return false;
    }
    char key[64];
    taut_value read;
    taut_row row = *row_of(rows[i]);
    if (i == 0) row.words = "", row.low = 0;
    snprintf(key, sizeof key, "schedule.sessions.%s", names[i]);
    if (!taut__row_number(reader, &row, key, n, &read)) return false;
    value[i] = read.mean;
    given[i] = n;
  }
  if (!given[0]) {
    taut__complain(reader, TAUT_ERR_INPUT, item, false,
                   "a session without at; expected its time, such as {at: 3 weeks}");
    return false;
  }
  if (given[2] && given[3] && !isnan(value[2]) && !isnan(value[3])) {
    taut__complain(reader, TAUT_ERR_INPUT, given[3], true,
                   "schedule.sessions.passes: contradicts schedule.sessions.density; expected one of them");
    return false;
  }
  s->day = value[0];
  if (given[1]) s->depth = value[1];
  if (given[4]) s->achieved = value[4];
  if (given[2] && !isnan(value[2])) s->density = value[2], s->passes = NAN;
  if (given[3] && !isnan(value[3])) s->passes = value[3], s->density = NAN;
  if (given[1] && !isnan(s->depth))
    check_depth(reader, s, given[1], "schedule.sessions.depth");
  else if (given[4] && !isnan(s->depth))
    check_depth(reader, s, given[4], "schedule.sessions.achieved_depth");
  return true;
}

static bool make_sessions(taut_reader *reader, int count) {
  reader->c->session = taut__alloc((size_t)count + 1, sizeof *reader->c->session);
  if (reader->c->session) return true;
  taut__complain_memory(reader);
  return false;
}

/* Listed sessions carry their own times. */
static void drop_interval(taut_reader *reader) {
  taut_case *c = reader->c;
  if (taut__reader_given(reader, "schedule.interval") && !isnan(c->schedule_interval))
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "schedule.interval"), true,
                   "schedule.interval: contradicts a list of sessions, which carry their own times; expected a number "
                   "of sessions with it, "
                   "or none");
  c->schedule_interval = NAN;
  taut__reader_settle(reader, "schedule.interval", TAUT_FROM_DEFAULT, "sessions carry their times", "none");
}

static bool list_sessions(taut_reader *reader, const taut_node *list) {
  taut_case *c = reader->c;
  drop_interval(reader);
  if (list->count > MAX_SESSIONS) {
    taut__row_misfit(reader, row_of("schedule.sessions"), list, "more than 1000 sessions");
    return false;
  }
  if (!make_sessions(reader, list->count)) return false;
  bool good = true;
  for (const taut_node *n = list->first; n && good; n = n->next) {
    taut_session *s = &c->session[c->sessions];
    good = read_session(reader, n, s);
    if (!good) break;
    char now[64], before[64];
    if (c->sessions == 0 && s->day != 0)
      taut__complain(reader, TAUT_ERR_INPUT, n, false,
                     "schedule.sessions: times count from the first session; expected at: 0 weeks for it");
    else if (c->sessions > 0 && s->day <= s[-1].day)
      taut__complain(reader, TAUT_ERR_INPUT, n, false,
                     "schedule.sessions: a session at %s after one at %s; expected rising times", day_text(s->day, now),
                     day_text(s[-1].day, before));
    c->sessions++;
  }
  return good;
}

static bool count_sessions(taut_reader *reader, const taut_node *node) {
  taut_case *c = reader->c;
  const char *text = node->text;
  size_t n = strlen(text);
  long count = n && n < 5 && strspn(text, "0123456789") == n ? strtol(text, NULL, 10) : -1;
  if (count < 0 || count > MAX_SESSIONS) {
    char shown[80], message[TAUT_MESSAGE];
    if (n)
      snprintf(message, sizeof message, "\"%s\" is no whole number from 0 to %d", taut__excerpt(text, shown),
               MAX_SESSIONS);
    else
      snprintf(message, sizeof message, "no value given");
    taut__row_misfit(reader, row_of("schedule.sessions"), node, message);
    return false;
  }
  if (isnan(c->schedule_interval) && count > 1) {
    if (taut__reader_entry(reader, "schedule.interval")->text)
      taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "schedule.interval"), true,
                     "schedule.interval: %ld sessions need one; expected a time such as 4 weeks", count);
    return false;
  }
  if (!make_sessions(reader, (int)count)) return false;
  for (; c->sessions < count; c->sessions++) {
    c->session[c->sessions] = common_session(c);
    if (c->sessions > 0) c->session[c->sessions].day = (double)c->sessions * c->schedule_interval;
  }
  return true;
}

/* The depth that holds for every session without one of its own. */
static void check_common_depth(taut_reader *reader) {
  taut_session common = common_session(reader->c);
  if (isnan(common.depth)) return;
  const char *key = common.achieved > common.depth ? "treatment.achieved_depth" : "treatment.depth";
  check_depth(reader, &common, taut__reader_place(reader, key), key);
}

/* Every session needs a needle length: its own, or that of treatment. */
static void check_depths(taut_reader *reader, const taut_node *node) {
  const taut_case *c = reader->c;
  int wanting = 0;
  for (int i = 0; i < c->sessions; i++) wanting += isnan(c->session[i].depth);
  if (wanting == 0 || c->model.injury == TAUT_INJURY_EXCISION) return;
  if (wanting == c->sessions) {
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "treatment.depth"), false,
                   "treatment.depth is missing: expected the needle length set on the device, such as 1.0 mm");
    return;
  }
  int i = 0;
  for (const taut_node *n = node->first; n; n = n->next, i++)
    if (isnan(c->session[i].depth))
      taut__complain(reader, TAUT_ERR_INPUT, n, false,
                     "schedule.sessions: no depth of this session; expected one here, or treatment.depth for all");
}

static bool read_sessions(taut_reader *reader) {
  taut_case *c = reader->c;
  check_common_depth(reader);
  const taut_node *node = taut__reader_entry(reader, "schedule.sessions")->node;
  if (!node || taut__node_empty(node)) return false;
  if (node->kind == TAUT_NODE_MAP) {
    taut__row_misfit(reader, row_of("schedule.sessions"), node, "a mapping is no list");
    return false;
  }
  if (!(node->kind == TAUT_NODE_LIST ? list_sessions(reader, node) : count_sessions(reader, node))) return false;
  if (c->sessions > 1 && c->model.scale == TAUT_SCALE_ZERO && c->model.injury == TAUT_INJURY_EXCISION)
    taut__complain(reader, TAUT_ERR_INPUT, taut__reader_place(reader, "schedule.sessions"), false,
                   "schedule.sessions: an excision happens once; expected 1, or 0 for skin without a wound");
  const taut_entry *depth = taut__reader_entry(reader, "treatment.depth");
  if ((depth->text || !depth->node) && !taut__reader_broken(reader, "treatment.depth")) check_depths(reader, node);
  return true;
}

/* ------------------------------------------------------------------------------------------------------ visits ---- */

static bool read_visits(taut_reader *reader) {
  taut_case *c = reader->c;
  const taut_row *row = row_of("schedule.follow_up");
  const taut_node *list = taut__reader_entry(reader, "schedule.follow_up")->node;
  if (!list || taut__node_empty(list)) return false;
  if (list->kind != TAUT_NODE_LIST || list->count == 0 || list->count > MAX_VISITS) {
    taut__row_misfit(reader, row, list,
                     list->kind != TAUT_NODE_LIST ? "no list"
                     : list->count                ? "too long a list"
                                                  : "an empty list");
    return false;
  }
  c->follow_up = taut__alloc((size_t)list->count, sizeof *c->follow_up);
  if (!c->follow_up) {
    taut__complain_memory(reader);
    return false;
  }
  for (const taut_node *n = list->first; n; n = n->next) {
    taut_value value;
    if (!taut__row_number(reader, row, row->key, n, &value)) return false;
    if (value.kind != TAUT_VALUE_NUMBER) {
      taut__row_misfit(reader, row, n, "a visit has one time");
      return false;
    }
    char now[64], before[64];
    if (c->follow_ups > 0 && value.mean <= c->follow_up[c->follow_ups - 1]) {
      taut__complain(reader, TAUT_ERR_INPUT, n, false,
                     "schedule.follow_up: a visit at %s after one at %s; expected rising times",
                     day_text(value.mean, now), day_text(c->follow_up[c->follow_ups - 1], before));
      return false;
    }
    c->follow_up[c->follow_ups++] = value.mean;
  }
  return true;
}

/* Leaves the visits of the default list out that lie after the end the user set. */
static void shorten_default(taut_reader *reader) {
  taut_case *c = reader->c;
  int kept = 0;
  while (kept < c->follow_ups && c->follow_up[kept] <= c->until) kept++;
  if (kept == c->follow_ups) return;
  c->follow_ups = kept;
  if (kept == 0) c->follow_up[c->follow_ups++] = c->until;
  taut_text text = {0};
  char number[32];
  taut__text_add(&text, "[");
  for (int i = 0; i < c->follow_ups; i++)
    taut__text_add(&text, "%s%s days", i ? ", " : "", taut__number(c->follow_up[i], number));
  taut__text_add(&text, "]");
  taut__reader_settle(reader, "schedule.follow_up", TAUT_FROM_DEFAULT, "up to the end", "%s",
                      text.data ? text.data : "");
  taut__text_free(&text);
}

void taut__schedule_read(taut_reader *reader) {
  taut_case *c = reader->c;
  bool good = read_sessions(reader);
  good = read_visits(reader) && good;
  const taut_entry *until = taut__reader_entry(reader, "schedule.until");
  if (!good || !until->text) return;
  double last_session = c->sessions ? c->session[c->sessions - 1].day : 0;
  char number[32], time[64], end[64];
  if (isnan(c->until)) {
    c->until = fmax(c->follow_up[c->follow_ups - 1], last_session);
    taut__reader_settle(reader, "schedule.until", TAUT_FROM_DEFAULT, "the last visit or session", "%s days",
                        taut__number(c->until, number));
    return;
  }
  const taut_node *place = taut__reader_place(reader, "schedule.until");
  day_text(c->until, end);
  if (last_session > c->until)
    taut__complain(reader, TAUT_ERR_INPUT, place, false,
                   "schedule.until: the end at %s is before the last session at %s; expected a later end", end,
                   day_text(last_session, time));
  if (!taut__reader_given(reader, "schedule.follow_up"))
    shorten_default(reader);
  else if (c->follow_up[c->follow_ups - 1] > c->until)
    taut__complain(reader, TAUT_ERR_INPUT, place, false,
                   "schedule.until: the end at %s is before the last visit at %s; expected a later end", end,
                   day_text(c->follow_up[c->follow_ups - 1], time));
}
