/* Right: named like a clock, but ours. */
int clock_quality_text(void);
int names_quality(void)
{
    return clock_quality_text();
}
