/* Texts and numbers as the writers need them: safe to print, escaped for XML, independent of the locale. */
#include "io/io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Length of the well-formed UTF-8 character at s (no control character), 0 when there is none. */
static size_t character(const unsigned char *s) {
  if (s[0] < 0x80) return s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0;
  size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
  }
  if (n == 2) return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : n;               /* C1 controls */
  if (n == 3 && s[0] == 0xe0 && s[1] < 0xa0) return 0;                  /* overlong */
  if (n == 3 && s[0] == 0xed && s[1] >= 0xa0) return 0;                 /* surrogates */
  if (n == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe) return 0; /* no characters: XML refuses them */
  if (n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90))) return 0;
  return n;
}

char *taut__plain(const char *text) {
  if (text == NULL) text = "";
  char *copy = taut__strdup(text);
  if (copy == NULL) return NULL;
  for (unsigned char *s = (unsigned char *)copy; *s != '\0';) {
    size_t n = character(s);
    if (n == 0) *s = *s == '\t' || *s == '\n' ? ' ' : '?';
    s += n > 0 ? n : 1;
  }
  return copy;
}

void taut__add_xml(taut_text *out, const char *text) {
  char *plain = taut__plain(text);
  if (plain == NULL) {
    out->failed = true;
    return;
  }
  for (const char *s = plain; *s != '\0'; s++) {
    switch (*s) {
    case '&':
      taut__text_addn(out, "&amp;", 5);
      break;
    case '<':
      taut__text_addn(out, "&lt;", 4);
      break;
    case '>':
      taut__text_addn(out, "&gt;", 4);
      break;
    case '"':
      taut__text_addn(out, "&quot;", 6);
      break;
    default:
      taut__text_addn(out, s, 1);
    }
  }
  free(plain);
}

void taut__add_fixed(taut_text *out, double x, int decimals) {
  static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  if (decimals < 0) decimals = 0;
  if (decimals > 9) decimals = 9;
  double scaled = fabs(x) * power[decimals];
  if (!(scaled < 9e15)) { /* beyond exact integers, infinite or no number */
    char number[32];
    taut__text_add(out, "%s", taut__number(x, number));
    return;
  }
  long long units = llround(scaled), one = llround(power[decimals]);
  taut__text_add(out, "%s%lld", x < 0 && units > 0 ? "-" : "", units / one);
  if (decimals > 0) taut__text_add(out, ".%0*lld", decimals, units % one);
}

int taut__decimals(double x, int digits) {
  if (!isfinite(x) || x == 0) return digits - 1;
  double magnitude = floor(log10(fabs(x)));
  /* 0.99999 shows as 1.00, not as 1.000: what rounding carries into the next digit needs one digit less */
  if (fabs(x) >= pow(10, magnitude + 1) * (1 - 0.5 * pow(10, -digits))) magnitude++;
  int decimals = digits - 1 - (int)magnitude;
  return decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

const char *taut__warning_level(const char **text) {
  static const char *const level[] = {"note: ", "strong warning: ", "warning: "};
  for (int i = 0; i < 3; i++) {
    size_t n = strlen(level[i]);
    if (strncmp(*text, level[i], n) != 0) continue;
    *text += n;
    return level[i];
  }
  return "warning: ";
}

const taut_unmodelled taut__unmodelled[TAUT_UNMODELLED] = {
    {"epidermal thickness", "no model of it yet; studies report +40 to +50 % after courses of needling"},
};

int taut__quantity_index(const char *name) {
  for (int q = 0; q < TAUT_QUANTITIES; q++) {
    if (strcmp(taut__quantity[q].name, name) == 0) return q;
  }
  return -1;
}

const char *taut__without_session(const struct taut_result *result) {
  return result->c->model.injury == TAUT_INJURY_EXCISION ? "excision" : "untreated";
}

const char *taut__origin_of_time(const struct taut_result *result) {
  if (result->sessions > 0) return "the first session";
  return result->c->model.injury == TAUT_INJURY_EXCISION ? "the injury" : "the start";
}

static bool same_geometry(const taut_snapshot *a, const taut_snapshot *b, int domains) {
  for (int d = 0; d < domains; d++) {
    if (a->domain[d] != b->domain[d] || a->weight[d] != b->weight[d]) return false;
  }
  return true;
}

int taut__geometries(const struct taut_result *result, int *of) {
  int n = 0;
  for (int s = 0; s < result->snapshots; s++) {
    of[s] = n;
    /* visits after one session follow each other: the nearest earlier one is the likeliest */
    for (int before = s - 1; of[s] == n && before >= 0; before--) {
      if (same_geometry(&result->snapshot[s], &result->snapshot[before], result->domains)) of[s] = of[before];
    }
    if (of[s] == n) n++;
  }
  return n;
}

const char *taut__geometry_name(int geometry, char buffer[24]) {
  snprintf(buffer, 24, "geometry_%d", geometry + 1);
  return buffer;
}

const char *taut__domain_name(const taut_domain *domain, int d, char buffer[24]) {
  if (domain->kind == TAUT_DOMAIN_ZERO) return strcpy(buffer, "zero");
  snprintf(buffer, 24, "track_%d", d + 1);
  return buffer;
}

const char *taut__visit_name(int snapshot, char buffer[24]) {
  snprintf(buffer, 24, "visit_%03d", snapshot + 1);
  return buffer;
}

double taut__domain_offset(int domains, const taut_domain *const *domain, int d) {
  double widest = 0, left = 0;
  for (int i = 0; i < domains; i++) widest = fmax(widest, domain[i]->r[domain[i]->nr]);
  for (int i = 0; i < d; i++) left += domain[i]->r[domain[i]->nr] + 0.2 * widest;
  return left;
}
