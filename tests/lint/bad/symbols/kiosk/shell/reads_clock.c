int clock_gettime(int id, void *time);
int reads_clock(void *time)
{
    return clock_gettime(1, time);
}
