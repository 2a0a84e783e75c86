/* Excision (healing.md 15.1): the equations of the strips integrated by an explicit method that shares nothing with the
 * stepping engine, against the table of the document (tolerance there: 2e-5 of the peak). */
#include "healing_fixture.h"

enum { TIMES = 15, COLUMNS = 25 };
static const int column[COLUMNS] = {TAUT_H_c,  TAUT_H_T, TAUT_H_T3, TAUT_H_P, TAUT_H_V,  TAUT_H_N,  TAUT_H_M1,
                                    TAUT_H_M2, TAUT_H_F, TAUT_H_A,  TAUT_H_B, TAUT_H_fb, TAUT_H_D,  TAUT_H_Lt,
                                    TAUT_H_E,  TAUT_H_I, TAUT_H_H,  TAUT_H_S, TAUT_H_Cp, TAUT_H_C3, TAUT_H_Cn,
                                    TAUT_H_Cx, TAUT_H_X, TAUT_H_ev, TAUT_H_em};
/* clang-format off */
static const double table[TIMES][1 + COLUMNS] = { /* values below 1e-6 stand as 0 in the document */
    {0.25, 1.279406, 0.4492949, 0.007634928, 3.53517, 0.390083, 0.1558077, 0.01128628, 0.0001033383, 0.1224672,
     0.0004024963, 0.3309155, 0.981238, 0.9033075, 9.897049, 1.152982, 1.111927, 0.02311834, 0.09968386,
     2.611421e-06, 0, 0, 0, 0, 8.067274e-06, 0},
    {0.5, 1.263212, 0.4708171, 0.008731385, 1.439989, 0.398179, 0.400331, 0.05488001, 0.001126393, 0.1441027,
     0.0009803508, 0.3700184, 0.9611203, 0.7816379, 9.032666, 1.718527, 1.220328, 0.04904407, 0.2374211,
     1.140023e-05, 0, 1.277666e-06, 0, 0, 1.8232e-05, 0},
    {1, 1.090127, 0.7223817, 0.0190445, 0.6494196, 0.3837121, 0.7126564, 0.1765919, 0.008632249, 0.1792177,
     0.003134753, 0.4520989, 0.9120863, 0.5025247, 7.219717, 3.646166, 1.418209, 0.1059955, 0.6394869,
     5.023184e-05, 4.958182e-06, 1.097207e-05, 0, 0, 4.400734e-05, 0},
    {2, 0.5545876, 1.412436, 0.1090427, 1.415436, 0.3484718, 0.7012631, 0.3777268, 0.05155752, 0.2495639,
     0.0152502, 0.6250756, 0.7825052, 0.1398535, 4.496502, 6.568326, 1.750677, 0.2378011, 2.406703, 0.0002607917,
     5.058335e-05, 0.0001013217, 0, 0, 0.0001174029, 1.623054e-06},
    {3, 0.214367, 2.206983, 0.3254806, 2.070384, 0.2968109, 0.4355728, 0.415379, 0.1536697, 0.3340833, 0.0382244,
     0.7951724, 0.6390333, 0.03208499, 2.792944, 6.424, 1.987746, 0.4062391, 6.455129, 0.0008155742, 0.0002240121,
     0.0004259341, 0, 0, 0.0002228782, 4.397139e-06},
    {5, 0.04754675, 3.059438, 0.7315719, 2.154607, 0.1927007, 0.1479156, 0.2078198, 0.3223804, 0.5314549,
     0.1032695, 1.044646, 0.4129234, 0.001987175, 1.268822, 3.326442, 2.250389, 0.8818518, 23.80183, 0.003767409,
     0.001680824, 0.003064263, 5.032706e-06, 5.650704e-06, 0.0005450908, 1.673866e-05},
    {7, 0.01687367, 2.571791, 0.6847404, 1.66908, 0.16577, 0.07139275, 0.08256389, 0.2912925, 0.7189441,
     0.1837987, 1.198809, 0.2834698, 0.0002130388, 0.8186697, 1.706431, 2.346753, 1.486422, 53.80734, 0.009747678,
     0.006282825, 0.0113988, 2.611809e-05, 2.183009e-05, 0.00101087, 4.229427e-05},
    {10, 0.004842335, 1.522164, 0.4177176, 1.097087, 0.1339227, 0.03061737, 0.02240055, 0.1697906, 0.9136578,
     0.3031926, 1.321776, 0.1841224, 1.842763e-05, 0.7150441, 0.9594814, 2.354811, 2.08557, 115.5469, 0.02376173,
     0.02335919, 0.04314883, 0.0001459055, 9.650444e-05, 0.001883355, 0.0001141153},
    {14, 0.001214322, 0.6866281, 0.1823015, 0.6818629, 0.1127114, 0.01067296, 0.004957795, 0.06694536, 1.107865,
     0.3484686, 1.355195, 0.1206132, 1.901259e-06, 0.8179653, 0.7218252, 2.244007, 2.121743, 178.3285, 0.04184584,
     0.0677348, 0.1319085, 0.0006785143, 0.0004213798, 0.003109275, 0.0002810306},
    {21, 0.0001441634, 0.1741757, 0.04299319, 0.2508344, 0.102081, 0.001545841, 0.0005223786, 0.01123743,
     1.413881, 0.1743222, 1.291152, 0.06729772, 0, 0.9472158, 0.7133092, 1.816059, 1.730059, 133.5463, 0.0367257,
     0.15286, 0.3415854, 0.003341169, 0.002071703, 0.004723195, 0.0007489262},
    {28, 1.67967e-05, 0.05321704, 0.009311127, 0.06728265, 0.1003224, 0.0001857243, 5.944024e-05, 0.001761369,
     1.455405, 0.0507285, 1.211862, 0.03943951, 0, 0.968858, 0.8420243, 1.327292, 1.260716, 52.20169, 0.01542288,
     0.1878347, 0.4718388, 0.00799568, 0.004964685, 0.005105595, 0.001334386},
    {56, 0, 0.02013515, 1.362474e-05, 0.0001915529, 0.1000001, 0, 0, 0, 1.108659, 0.000158904, 1.052695,
     0.004821567, 0, 0.9846796, 0.9990487, 1.001541, 0.9811853, 2.181561, 0.0005663327, 0.1882212, 0.504315,
     0.03079576, 0.01875061, 0.003419483, 0.003327943},
    {91, 0, 0.02000408, 0, 0, 0.1, 0, 0, 0, 1.013351, 0, 1.009157, 0.0003492729, 0, 0.9986305, 0.9999794,
     1.000038, 0.9800304, 1.682141, 0.0004233593, 0.1753349, 0.4572504, 0.05751641, 0.03390117, 0.002457177,
     0.004980649},
    {182, 0, 0.02, 0, 0, 0.1, 0, 0, 0, 1.000057, 0, 1.000097, 0, 0, 0.9999985, 1, 1, 0.98, 1.497239, 0.0003763584,
     0.1566321, 0.3552185, 0.1153184, 0.06217792, 0.00215451, 0.008340321},
    {365, 0, 0.02, 0, 0, 0.1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0.98, 1.324569, 0.000332729, 0.1457201, 0.2230962,
     0.1944673, 0.08678105, 0.002149103, 0.01483168},
};
/* clang-format on */

static taut_healing *excised(taut_context *context, point *x) {
  taut_healing_params p = default_params(context);
  taut_healing *h = new_healing(context, &p, person_of(25));
  double *u[TAUT_H_FIELDS];
  const int plane_start[] = {0, 1};
  const double z[] = {0, 1}, volume[] = {1};
  const taut_points one = {1, 1, {0, 0, 0, 1, 1}, {0, 0, 0, 1, 1}, plane_start, z, volume, 1};
  *x = rest_point(h, TAUT_RETICULAR);
  for (int f = 0; f < TAUT_H_FIELDS; f++) u[f] = &x->u[f];
  taut__healing_excise(h, &one, u);
  return h;
}

static void excision_meets_the_document(void **state) {
  (void)state;
  taut_context *context = new_context();
  point x;
  taut_healing *h = excised(context, &x);
  double found[TIMES][COLUMNS], t = 0;
  for (int k = 0; k < TIMES; k++) {
    integrate(h, TAUT_RETICULAR, &x, table[k][0] - t, lround((table[k][0] - t) / 0.005));
    t = table[k][0];
    for (int i = 0; i < COLUMNS; i++) found[k][i] = x.u[column[i]];
  }
  for (int i = 0; i < COLUMNS; i++) {
    double peak = 0;
    for (int k = 0; k < TIMES; k++) peak = fmax(peak, table[k][i + 1]);
    for (int k = 0; k < TIMES; k++)
      if (!(fabs(found[k][i] - table[k][i + 1]) <= 2e-6 * peak + (table[k][i + 1] > 0 ? 0 : 1e-6)))
        fail_msg("%s at day %g: %.9g, expected %.9g", h->set.field[column[i]].name, table[k][0], found[k][i],
                 table[k][i + 1]);
  }
  taut__healing_destroy(&h);
  taut_context_destroy(&context);
}

/* The peaks that normalise the inflamed-tissue load J (healing.md 10.2) are those of this course. */
static void peaks_of_the_load_are_those_of_the_excision(void **state) {
  (void)state;
  taut_context *context = new_context();
  point x;
  taut_healing *h = excised(context, &x);
  const taut_healing_params *p = &h->p;
  double c = 0, N = 0, M = 0, J = 0;
  for (int k = 0; k < 1000; k++) {
    integrate(h, TAUT_RETICULAR, &x, 0.01, 2);
    double Mt = x.u[TAUT_H_M1] + x.u[TAUT_H_M2];
    c = fmax(c, x.u[TAUT_H_c]);
    N = fmax(N, x.u[TAUT_H_N]);
    M = fmax(M, Mt);
    J = fmax(J, (x.u[TAUT_H_c] / p->J_c + x.u[TAUT_H_N] / p->J_N + Mt / p->J_M) / 3);
  }
  assert_close("c", c, p->J_c, 6e-4);
  assert_close("N", N, p->J_N, 3e-4);
  assert_close("M", M, p->J_M, 3e-4);
  assert_close("J", J, p->J_max, 1e-4);
  taut__healing_destroy(&h);
  taut_context_destroy(&context);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(excision_meets_the_document),
      cmocka_unit_test(peaks_of_the_load_are_those_of_the_excision),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
