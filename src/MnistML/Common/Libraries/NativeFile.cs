namespace MnistML.Common.Libraries;

/// <summary>A native library, and the folder where it was found; null if it was not.</summary>
internal readonly record struct NativeFile(string Name, string? Folder)
{
    /// <summary>Looks for a library in folders, in their order.</summary>
    /// <remarks><see cref="File.Exists"/> does not throw.</remarks>
    public static NativeFile Find(string name, string[] folders) =>
        new(name, Array.Find(folders, folder => File.Exists(Path.Combine(folder, name))));

    /// <summary>The name as this system's files have it: libonnxruntime.so, onnxruntime.dll.</summary>
    public static string NameOf(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{library}.dylib"
        : $"lib{library}.so";

    /// <summary>The name, and where it was found.</summary>
    public string Describe() => $"{Name} ({(Folder is null ? "not found" : $"found in {Folder}")})";
}
