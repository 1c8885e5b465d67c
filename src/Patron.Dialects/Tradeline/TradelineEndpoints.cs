using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>The tradeline dialect (source 1): accounts with their customer records for front ends of Frappe. This is its table of contents.</summary>
public static class TradelineEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, TradelineJson.Default);

    public static void MapTradeline(this IEndpointRouteBuilder app, TradelineOptions options)
    {
        var frappe = app.MapGroup("").WithTags("Tradeline").ServedBy(ProcessRole.All);
        frappe.MapFrappeCommands();
        var group = frappe.MapGroup("/api/method");
        group.MapFrappe();

        var methods = new AppMethods(group, options);
        methods.MapAccountMethods();
        methods.MapUserMethods();
        methods.MapAddressMethods();
    }
}

/// <summary>The methods of the app, whose name is a setting, as is whether their answers are wrapped.</summary>
internal sealed record AppMethods(RouteGroupBuilder Group, TradelineOptions Options)
{
    public RouteHandlerBuilder MapGet(string method, Delegate handler) => Group.MapGet(Path(method), handler);

    public RouteHandlerBuilder MapPost(string method, Delegate handler) => Group.MapPost(Path(method), handler);

    private string Path(string method) => $"/{Options.App}.api.{method}";
}

/// <summary>What the methods of the app have in common.</summary>
internal static class MethodAnswers
{
    /// <summary>What a method returns, in words and as an example; wrapped where the settings say so.</summary>
    public static RouteHandlerBuilder Returns<T>(this RouteHandlerBuilder builder, AppMethods methods, string words, string example) =>
        methods.Options.Envelope
            ? builder.Answers<MethodEnvelope<T>>(StatusCodes.Status200OK, words, $$"""{"message": {{example}}}""").AddEndpointFilter(Wrap<T>)
            : builder.Answers<T>(StatusCodes.Status200OK, words, example);

    /// <summary>The person's customer record in the home organization, or null.</summary>
    public static async Task<Customer?> OfAsync(this HomeCustomers customers, Guid userId, CancellationToken cancellationToken) =>
        (await customers.FindAsync([userId], cancellationToken)).GetValueOrDefault(userId);

    private static async ValueTask<object?> Wrap<T>(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await next(context) switch
        {
            Ok<T> { Value: { } answer } => TypedResults.Ok(new MethodEnvelope<T>(answer)),
            var error => error,
        };
}
