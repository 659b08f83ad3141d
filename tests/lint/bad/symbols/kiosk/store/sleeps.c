int usleep(unsigned microseconds);
int sleeps(void)
{
    return usleep(5);
}
