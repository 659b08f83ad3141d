#include "tests/golden/samples.h"

#include <string.h>

/* 30 ideographs: the longest names that the configuration takes. */
#define LONG_NAME  "台州市路桥区机关事务服务中心公共机构生活垃圾分类标杆示范点位"
#define LONG_CLASS "家庭厨余垃圾餐厨垃圾以及集贸市场产生的易腐类有机生活垃圾合计"

static void bin_set(struct view *view, int index, int number, enum waste_class class, int32_t grams,
                    int32_t permille, int64_t age_ms)
{
    view->bins[index] = (struct view_bin){
        .number = (uint8_t)number,
        .class = class,
        .scale = SENSOR_OK,
        .lid = SENSOR_OK,
        .has_grams = true,
        .grams = grams,
        .has_fill = true,
        .permille = permille,
        .age_ms = age_ms,
        .level = permille >= 950   ? FILL_FULL
                 : permille >= 800 ? FILL_NEAR_FULL
                                   : FILL_ROOM,
    };
}

void sample_base(struct view *view, struct site *site)
{
    static const struct site_class classes[WASTE_CLASS_COUNT] = {
        [WASTE_RECYCLABLE] = {"可回收物", "Recyclable", 0x236192},
        [WASTE_HAZARDOUS] = {"有害垃圾", "Hazardous", 0xDA291C},
        [WASTE_KITCHEN] = {"易腐垃圾", "厨余 · Kitchen waste", 0x007A3D},
        [WASTE_RESIDUAL] = {"其他垃圾", "Residual", 0x3D3935},
    };
    memset(site, 0, sizeof *site);
    memset(view, 0, sizeof *view);
    memcpy(site->classes, classes, sizeof classes);
    strcpy(site->id, "sample");
    strcpy(site->name, "路桥区机关事务中心");
    strcpy(site->point, "1 号点位");
    strcpy(site->hours, "06:30–09:00 · 16:30–19:00");
    site->has_cleaner_pin = true;
    site->timing.near_full_permille = 800;
    site->timing.full_permille = 950;

    view->site = site;
    view->has_clock = true;
    view->now = (civil_t){2026, 11, 23, 8, 42, 17, 1};
    view->bin_count = 4;
    bin_set(view, 0, 1, WASTE_RECYCLABLE, 12400, 345, 400);
    bin_set(view, 1, 2, WASTE_HAZARDOUS, 800, 123, 200);
    bin_set(view, 2, 3, WASTE_KITCHEN, 61300, 834, 300);
    bin_set(view, 3, 4, WASTE_RESIDUAL, 28700, 562, 100);
    view->chosen = WASTE_NONE;
    view->target_bin = -1;
    view->figures = (struct view_figures){128, 46200, 556, 536};
    view->receipt.chosen = view->receipt.declared_after = WASTE_NONE;
}

static void eight_bins(struct view *view)
{
    static const enum waste_class classes[SITE_BINS_MAX] = {
        WASTE_RECYCLABLE, WASTE_RECYCLABLE, WASTE_HAZARDOUS, WASTE_KITCHEN,
        WASTE_KITCHEN,    WASTE_KITCHEN,    WASTE_RESIDUAL,  WASTE_RESIDUAL};
    view->bin_count = SITE_BINS_MAX;
    for (int i = 0; i < SITE_BINS_MAX; i++) {
        bin_set(view, i, i + 1, classes[i], 9000 + 7700 * i, 40 + 137 * i, 150 + 90 * i);
    }
}

void sample_longest(struct view *view, struct site *site)
{
    sample_base(view, site);
    eight_bins(view);
    strcpy(site->name, LONG_NAME);
    strcpy(site->point, LONG_NAME);
    strcpy(site->hours, LONG_NAME);
    for (int i = 0; i < WASTE_CLASS_COUNT; i++) {
        strcpy(site->classes[i].label, LONG_CLASS);
        strcpy(site->classes[i].note, LONG_CLASS);
    }
    view->figures = (struct view_figures){98765, 987654321, 9876543, 9876542};
    view->store = STORE_FAILED;
    view->unrecorded = 1234;
    view->countdown_s = 99;
}

static void scale_fault(struct view *view, int index, enum sensor_state state, int64_t age_ms)
{
    struct view_bin *bin = &view->bins[index];
    bin->scale = state;
    bin->has_grams = false;
    bin->has_fill = false;
    bin->age_ms = age_ms;
    bin->level = FILL_UNKNOWN;
}

/* ---- choose ---------------------------------------------------------------------------------- */

static void choose(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_CHOOSE;
}

static void choose_faults(struct view *view, struct site *site)
{
    choose(view, site);
    scale_fault(view, 1, SENSOR_SILENT, 12000);
    bin_set(view, 3, 4, WASTE_RESIDUAL, 50100, 1000, 100);
    view->store = STORE_FAILED;
    view->unrecorded = 3;
}

static void choose_store_full(struct view *view, struct site *site)
{
    choose(view, site);
    scale_fault(view, 0, SENSOR_LOST, 12000);
    scale_fault(view, 2, SENSOR_ERROR, 400);
    view->bins[3].lid = SENSOR_SILENT;
    view->store = STORE_FULL;
    view->unrecorded = 12;
    view->has_clock = false;
}

static void choose_lid_left_open(struct view *view, struct site *site)
{
    choose(view, site);
    view->bins[1].lid_open = true;
}

static void choose_first_day(struct view *view, struct site *site)
{
    choose(view, site);
    view->has_clock = false;
    view->figures = (struct view_figures){0, 0, 0, 0};
    for (int i = 0; i < view->bin_count; i++) {
        scale_fault(view, i, SENSOR_WAITING, -1);
    }
}

static void choose_eight(struct view *view, struct site *site)
{
    choose(view, site);
    eight_bins(view);
    scale_fault(view, 4, SENSOR_OVERLOAD, 200);
}

static void choose_frozen(struct view *view, struct site *site)
{
    choose(view, site);
    scale_fault(view, 0, SENSOR_FROZEN, 100);
    scale_fault(view, 2, SENSOR_OVERLOAD, 100);
}

static void choose_two(struct view *view, struct site *site)
{
    choose(view, site);
    view->bin_count = 2;
    bin_set(view, 0, 1, WASTE_KITCHEN, 400, 5, 100);
    bin_set(view, 1, 2, WASTE_RESIDUAL, 8400, 168, 100);
}

static void choose_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_CHOOSE;
    scale_fault(view, 0, SENSOR_LOST, 12000);
    scale_fault(view, 2, SENSOR_ERROR, 12000);
    scale_fault(view, 3, SENSOR_OVERLOAD, 12000);
    view->bins[5].lid = SENSOR_ERROR;
    view->has_clock = false;
}

/* ---- guide ----------------------------------------------------------------------------------- */

static void guide(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_GUIDE;
    view->chosen = WASTE_KITCHEN;
    view->target_bin = 2;
    view->step = STEP_OPEN_LID;
    view->has_live = true;
    view->countdown_s = 8;
    bin_set(view, 2, 3, WASTE_KITCHEN, 31300, 434, 300);
}

static void guide_recyclable_drop(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_RECYCLABLE;
    view->target_bin = 0;
    view->step = STEP_DROP;
    view->bins[0].lid_open = true;
    view->live_g = 1250;
}

static void guide_undeclared(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_NONE;
    view->step = STEP_DROP;
    view->has_live = true;
    view->live_g = 940;
    view->bins[view->target_bin].lid_open = true;
}

static void guide_undeclared_weighing(struct view *view, struct site *site)
{
    guide_undeclared(view, site);
    view->step = STEP_WEIGHING;
    view->bins[view->target_bin].lid_open = false;
}

static void guide_wrong_bin_weighing(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_KITCHEN;
    view->target_bin = 0;
    view->step = STEP_WEIGHING;
    view->live_g = 2440;
}

static void guide_kitchen_weighing(struct view *view, struct site *site)
{
    guide(view, site);
    view->step = STEP_WEIGHING;
    view->live_g = 1250;
}

static void guide_no_bin(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_HAZARDOUS;
    view->bin_count = 1;
    bin_set(view, 0, 1, WASTE_RESIDUAL, 8400, 168, 100);
    view->target_bin = -1;
    view->has_live = false;
}

static void guide_hazardous_fault(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_HAZARDOUS;
    view->target_bin = 1;
    view->has_live = false;
    view->store = STORE_FULL;
    scale_fault(view, 1, SENSOR_LOST, 12000);
}

static void guide_frozen(struct view *view, struct site *site)
{
    guide(view, site);
    view->has_live = false;
    scale_fault(view, 2, SENSOR_FROZEN, 100);
}

static void guide_residual_full(struct view *view, struct site *site)
{
    guide(view, site);
    view->chosen = WASTE_RESIDUAL;
    view->target_bin = 3;
    view->step = STEP_WEIGHING;
    view->live_g = 12345;
    bin_set(view, 3, 4, WASTE_RESIDUAL, 50100, 1000, 100);
}

static void guide_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_GUIDE;
    view->chosen = WASTE_RESIDUAL;
    view->target_bin = 7;
    view->step = STEP_WEIGHING;
    view->has_live = true;
    view->live_g = 123450;
}

/* ---- wrong ----------------------------------------------------------------------------------- */

static void wrong(struct view *view, struct site *site)
{
    guide(view, site);
    view->screen = SCREEN_WRONG;
    view->wrong_bin = 3;
    view->bins[3].lid_open = true;
}

static void wrong_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_WRONG;
    view->chosen = WASTE_KITCHEN;
    view->target_bin = 4;
    view->wrong_bin = 7;
}

/* ---- receipt --------------------------------------------------------------------------------- */

static void receipt(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_RECEIPT;
    view->chosen = WASTE_KITCHEN;
    view->receipt = (struct view_receipt){
        .bin = 2,
        .bin_class = WASTE_KITCHEN,
        .chosen = WASTE_KITCHEN,
        .declared_after = WASTE_NONE,
        .outcome = OUTCOME_CONSISTENT,
        .quality = QUALITY_SETTLED,
        .weight_g = 1250,
        .recorded = true,
        .seq = 18204,
        .at = {2026, 11, 23, 8, 42, 17, 1},
    };
    view->visit_deposits = 2;
    view->visit_grams = 3100;
    view->figures.today_deposits = 129;
    view->figures.today_grams = 47450;
    view->countdown_s = 8;
}

static void receipt_corrected(struct view *view, struct site *site)
{
    receipt(view, site);
    view->receipt.outcome = OUTCOME_CORRECTED;
    view->receipt.recorded = false;
}

static void receipt_wrong_bin(struct view *view, struct site *site)
{
    receipt(view, site);
    view->receipt.outcome = OUTCOME_WRONG_BIN;
    view->receipt.bin = 3;
    view->receipt.bin_class = WASTE_RESIDUAL;
    view->receipt.quality = QUALITY_UNSETTLED;
    view->receipt.weight_g = 12345;
}

static void receipt_meant_it(struct view *view, struct site *site)
{
    receipt_wrong_bin(view, site);
    view->receipt.declared_after = WASTE_RESIDUAL;
}

static void receipt_asking(struct view *view, struct site *site)
{
    receipt(view, site);
    view->receipt.outcome = OUTCOME_UNDECLARED;
    view->receipt.chosen = WASTE_NONE;
    view->receipt.asking = true;
}

static void receipt_answered(struct view *view, struct site *site)
{
    receipt_asking(view, site);
    view->receipt.asking = false;
    view->receipt.declared_after = WASTE_RESIDUAL;
}

static void receipt_after_visit(struct view *view, struct site *site)
{
    receipt_asking(view, site);
    view->visit_deposits = 0;
    view->visit_grams = 0;
}

static void receipt_unweighed(struct view *view, struct site *site)
{
    receipt(view, site);
    view->receipt.outcome = OUTCOME_UNWEIGHED;
    view->receipt.quality = QUALITY_NONE;
    view->receipt.weight_g = 0;
    view->receipt.recorded = false;
    view->store = STORE_UNWRITABLE;
    view->unrecorded = 1;
}

static void receipt_interrupted(struct view *view, struct site *site)
{
    receipt(view, site);
    view->receipt.outcome = OUTCOME_INTERRUPTED;
    view->receipt.quality = QUALITY_NONE;
}

static void receipt_longest(struct view *view, struct site *site)
{
    receipt_asking(view, site);
    const struct view_receipt undeclared = view->receipt;
    sample_longest(view, site);
    view->screen = SCREEN_RECEIPT;
    view->receipt = undeclared;
    view->receipt.quality = QUALITY_UNSETTLED;
    view->receipt.weight_g = 123456;
    view->receipt.recorded = false;
    view->visit_deposits = 99;
    view->visit_grams = 999999;
}

static void receipt_longest_sentence(struct view *view, struct site *site)
{
    receipt_longest(view, site);
    view->receipt.outcome = OUTCOME_WRONG_BIN;
    view->receipt.chosen = WASTE_RESIDUAL;
    view->receipt.asking = false;
    view->receipt.recorded = true;
    view->receipt.seq = 1234567890;
}

/* ---- service screens ------------------------------------------------------------------------- */

static void keypad(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_KEYPAD;
    view->keypad_digits = 4;
}

static void keypad_wrong(struct view *view, struct site *site)
{
    keypad(view, site);
    view->keypad = KEYPAD_WRONG;
    view->keypad_digits = 0;
}

static void keypad_locked(struct view *view, struct site *site)
{
    keypad(view, site);
    view->keypad = KEYPAD_LOCKED;
    view->keypad_digits = 0;
    view->keypad_wait_s = 28;
    view->store = STORE_FAILED;
}

static void fill(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_FILL;
}

static void fill_faults(struct view *view, struct site *site)
{
    fill(view, site);
    scale_fault(view, 0, SENSOR_SILENT, 12000);
    scale_fault(view, 1, SENSOR_LOST, 200000);
    scale_fault(view, 3, SENSOR_WAITING, -1);
    view->store = STORE_FAILED;
    view->unrecorded = 3;
}

/* The level still tells how full a bin is whose scale tells nothing. */
static void fill_frozen(struct view *view, struct site *site)
{
    fill(view, site);
    scale_fault(view, 0, SENSOR_FROZEN, 100);
    scale_fault(view, 2, SENSOR_OVERLOAD, 100);
    struct view_bin *bin = &view->bins[2];
    bin->has_level = true;
    bin->level_mm = 120;
    bin->has_fill = true;
    bin->permille = 900;
    bin->level = FILL_NEAR_FULL;
}

static void fill_eight(struct view *view, struct site *site)
{
    fill(view, site);
    eight_bins(view);
    scale_fault(view, 5, SENSOR_SILENT, 12000);
}

static void fill_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_FILL;
    bin_set(view, 0, 1, WASTE_RECYCLABLE, -123456, 0, 59900);
    bin_set(view, 1, 2, WASTE_RECYCLABLE, 123456, 1000, 59900);
    scale_fault(view, 2, SENSOR_SILENT, 3599000);
}

static void collect_settling(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_COLLECT;
    view->collect_bin = 2;
    view->bins[2].in_service = true;
}

static void collect_swap(struct view *view, struct site *site)
{
    collect_settling(view, site);
    view->collect = COLLECT_SWAP;
    view->collect_weighed = true;
    view->collect_before_g = 61300;
}

static void collect_done(struct view *view, struct site *site)
{
    collect_swap(view, site);
    view->collect = COLLECT_DONE;
    view->collect_after_g = 12;
    view->collect_less = true;
    view->collect_recorded = true;
    /* As long as the real ones. */
    memset(view->statement, 'e', 376);
    memcpy(view->statement, "biaogan-checkpoint 1 ", 21);
}

static void collect_no_less(struct view *view, struct site *site)
{
    collect_done(view, site);
    view->collect_less = false;
    view->collect_after_g = view->collect_before_g;
}

static void collect_unrecorded(struct view *view, struct site *site)
{
    collect_done(view, site);
    view->collect_recorded = false;
    view->statement[0] = '\0';
    view->store = STORE_FAILED;
    view->unrecorded = 2;
}

static void collect_unweighed(struct view *view, struct site *site)
{
    collect_done(view, site);
    view->collect_weighed = false;
    view->collect_less = false;
}

static void collect_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_COLLECT;
    view->collect_bin = 7;
    view->collect = COLLECT_SWAP;
    view->collect_weighed = true;
    view->collect_before_g = 123456;
}

const struct golden_sample golden_samples[] = {
    {"choose", choose, false},
    {"choose-faults", choose_faults, false},
    {"choose-store-full", choose_store_full, false},
    {"choose-lid-left-open", choose_lid_left_open, false},
    {"choose-first-day", choose_first_day, false},
    {"choose-eight", choose_eight, false},
    {"choose-frozen", choose_frozen, false},
    {"choose-two", choose_two, false},
    {"choose-longest", choose_longest, true},
    {"guide", guide, false},
    {"guide-recyclable-drop", guide_recyclable_drop, false},
    {"guide-kitchen-weighing", guide_kitchen_weighing, false},
    {"guide-undeclared", guide_undeclared, false},
    {"guide-undeclared-weighing", guide_undeclared_weighing, false},
    {"guide-wrong-bin-weighing", guide_wrong_bin_weighing, false},
    {"guide-hazardous-fault", guide_hazardous_fault, false},
    {"guide-no-bin", guide_no_bin, false},
    {"guide-frozen", guide_frozen, false},
    {"guide-residual-full", guide_residual_full, false},
    {"guide-longest", guide_longest, true},
    {"wrong", wrong, false},
    {"wrong-longest", wrong_longest, true},
    {"receipt", receipt, false},
    {"receipt-corrected", receipt_corrected, false},
    {"receipt-wrong-bin", receipt_wrong_bin, false},
    {"receipt-meant-it", receipt_meant_it, false},
    {"receipt-asking", receipt_asking, false},
    {"receipt-after-visit", receipt_after_visit, false},
    {"receipt-answered", receipt_answered, false},
    {"receipt-unweighed", receipt_unweighed, false},
    {"receipt-interrupted", receipt_interrupted, false},
    {"receipt-longest", receipt_longest, true},
    {"receipt-longest-sentence", receipt_longest_sentence, true},
    {"keypad", keypad, false},
    {"keypad-wrong", keypad_wrong, false},
    {"keypad-locked", keypad_locked, false},
    {"fill", fill, false},
    {"fill-faults", fill_faults, false},
    {"fill-frozen", fill_frozen, false},
    {"fill-eight", fill_eight, false},
    {"fill-longest", fill_longest, true},
    {"collect-settling", collect_settling, false},
    {"collect-swap", collect_swap, false},
    {"collect-done", collect_done, false},
    {"collect-unrecorded", collect_unrecorded, false},
    {"collect-no-less", collect_no_less, false},
    {"collect-unweighed", collect_unweighed, false},
    {"collect-longest", collect_longest, true},
    {"devices", sample_devices, false},
    {"devices-faults", sample_devices_faults, false},
    {"devices-frozen", sample_devices_frozen, false},
    {"devices-wiring", sample_devices_wiring, false},
    {"devices-longest", sample_devices_longest, true},
};
const int golden_sample_count = (int)(sizeof golden_samples / sizeof *golden_samples);
