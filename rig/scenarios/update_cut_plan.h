/**
 * Plans of update.power-cut: which cuts, on which path.
 *
 * Exact: `path:install,from:22,stride:53,limit:400,tail:8,moment:torn`, see the Method comment of
 * update_power_cut.c. Timed: `cuts:i290+r94+c226`, each a path's letter and how much of its duration
 * has passed, in thousandths.
 */
#ifndef RIG_SCENARIOS_UPDATE_CUT_PLAN_H
#define RIG_SCENARIOS_UPDATE_CUT_PLAN_H

#include "scenarios/scenario.h"

/** What the power is cut in. */
enum cut_path {
    CUT_INSTALL,
    CUT_CONFIRM,
    CUT_REVERT,
    CUT_PATHS,
};

#define CUT_LETTERS "icr" /* of timed cuts, in that order */

enum { CUT_PER_MILLE = 1000 };

/** "install", "confirm", "revert". */
const char *cut_path_name(enum cut_path path);

/** As scenario->plan. */
int update_plan_cuts(const struct bench *bench, const struct plan_options *options,
                     struct text_list *words, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
