using System.Net;

namespace MnistML.Web.Service;

/// <summary>
/// What a page of this machine must guard against: other pages in the same browser. They may not show this one, may not ask it for changes,
/// and may not reach it by a name of their own (DNS rebinding). This page loads nothing from elsewhere, and executes only its own files.
/// </summary>
internal static class SecurityMiddleware
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseSecurity(this WebApplication app, bool isLoopbackOnly) => app.Use(async (context, next) =>
    {
        context.Response.OnStarting(() => SetHeaders(context.Response.Headers)); // what fails begins its answer anew
        if (isLoopbackOnly && !IsLoopback(context.Request.Host.Host))
        {
            await Refuse(context, $"The host '{context.Request.Host}' is not this machine: use the address that the service prints.");
        }
        else if (IsForeign(context.Request))
        {
            await Refuse(context, "The request comes from another site's page, which may not ask this service for anything.");
        }
        else
        {
            await next(context);
        }
    });

    private static Task SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers.CacheControl = "no-cache";
        return Task.CompletedTask;
    }

    private static Task Refuse(HttpContext context, string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status403Forbidden, title: "Refused").ExecuteAsync(context);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>A browser says where a request comes from; other programs do not, and need not.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}")
            || request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
    }
}
