using System.CommandLine;
using MnistML.Samples.Commands;
using MnistML.Samples.Reports;

namespace MnistML.Samples;

/// <summary>
/// An application that trains a neural network on handwritten digits, and uses it, with ML.NET. To copy from, see MnistML.Quickstart.
/// </summary>
internal static class Program
{
    private const int Success = 0;
    private const int UserError = 1;
    private const int InternalError = 2;
    private const int Interrupted = 130;

    public static async Task<int> Main(string[] arguments)
    {
        using var interruption = new Interruption();
        var screen = Screen.Create();
        var root = new SampleRootCommand(screen);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Fail(UserError, UserMistake.Describe(parsed));
        }

        try
        {
            // This program handles signals itself: the library would end a command two seconds after the first one, saved or not.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = screen.Profile.Out.Writer,
            };
            return await parsed.InvokeAsync(invocation, interruption.Token).ConfigureAwait(false) == Success ? Success : InternalError;
        }
        catch (OperationCanceledException exception)
        {
            var stopped = exception as StoppedException ?? new StoppedException("nothing was saved");
            Fail(Interrupted, stopped.Message);
            NextSteps.Write(screen, stopped.NextSteps);
            return Interrupted;
        }
        catch (SeveralMistakesException several) when (!root.IsVerbose(parsed))
        {
            foreach (var mistake in several.Mistakes)
            {
                Fail(UserError, mistake);
            }

            return UserError;
        }
        catch (Exception exception)
        {
            var isUserError = exception is IOException or InvalidDataException or UnauthorizedAccessException
                or HttpRequestException or ArgumentException or DllNotFoundException;
            return (isUserError, root.IsVerbose(parsed)) switch
            {
                (true, false) => Fail(UserError, exception.Message),
                (false, false) => Fail(
                    InternalError,
                    $"Internal error: {exception.GetType().Name}: {exception.Message} Run again with --verbose for the stack trace."),
                (_, true) => FailAtLength(isUserError ? UserError : InternalError, exception),
            };
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine(
            string.Join(
                ' ', message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return exitCode;
    }

    private static int FailAtLength(int exitCode, Exception exception)
    {
        Console.Error.WriteLine(exception);
        return exitCode;
    }
}
