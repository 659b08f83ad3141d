int tab(void)
{
	return 1;
}
