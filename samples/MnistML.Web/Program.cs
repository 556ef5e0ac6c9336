using MnistML.Samples.Commands;
using MnistML.Web.Service;

namespace MnistML.Web;

/// <summary>
/// A page to draw digits on, and the service behind it: an example of how an ASP.NET Core service trains, scores and keeps networks.
/// </summary>
internal static class Program
{
    private const int UserError = 1;
    private const int InternalError = 2;

    public static async Task<int> Main(string[] arguments)
    {
        var command = new WebCommand();
        var parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Fail(UserError, UserMistake.Describe(parsed));
        }

        if (parsed.Action is not null)
        {
            return await parsed.InvokeAsync(); // --help and --version
        }

        try
        {
            await WebHost.RunAsync(WebCommand.Read(parsed, command));
            return 0;
        }
        catch (Exception exception) when (
            exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or DllNotFoundException)
        {
            return Fail(UserError, exception.Message);
        }
        catch (Exception exception)
        {
            return Fail(InternalError, $"Internal error: {exception}");
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine(exitCode == UserError ? string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries)) : message);
        return exitCode;
    }
}
