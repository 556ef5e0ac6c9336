using System.Runtime.InteropServices;

namespace MnistML.Common.Libraries;

/// <summary>What this system is called, and where an application's native libraries lie on it.</summary>
internal static class ThisSystem
{
    /// <summary>The portable identifier that packages use; .NET's own may name a distribution (debian.12-x64).</summary>
    public static string RuntimeIdentifier
    {
        get
        {
            var musl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
                || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : musl ? "linux-musl" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The folders in which the application looks for native libraries.</summary>
    public static string[] FindNativeFolders()
    {
        var native = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        var shared = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
        return
        [
            .. native.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(Path.TrimEndingDirectorySeparator)
                .Where(folder => folder != shared) // .NET's own folder holds no package's files
                .Append(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
                .Distinct(),
        ];
    }
}
