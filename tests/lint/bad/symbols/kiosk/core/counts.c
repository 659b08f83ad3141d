int counts(void)
{
    static int count = 7;
    return count++;
}
