namespace MnistML.Network;

internal static class LibTorch
{
    public static void EnsureLoaded()
    {
    }
}
