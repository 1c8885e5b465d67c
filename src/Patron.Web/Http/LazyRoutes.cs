using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Patron.Web.Http;

/// <summary>
/// Maps routes of groups like the framework does, except that the code that binds a request to the handler's parameters is compiled at the
/// first request instead of at the start. Few routes are used in a process's lifetime, and compiling all of them takes a quarter of the
/// start.
/// </summary>
public static class LazyRoutes
{
    private static readonly string[] Get = [HttpMethods.Get];
    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly string[] Put = [HttpMethods.Put];
    private static readonly string[] Patch = [HttpMethods.Patch];
    private static readonly string[] Delete = [HttpMethods.Delete];

    public static RouteHandlerBuilder MapGet(this RouteGroupBuilder group, string pattern, Delegate handler) =>
        group.Map(Get, pattern, handler);

    public static RouteHandlerBuilder MapPost(this RouteGroupBuilder group, string pattern, Delegate handler) =>
        group.Map(Post, pattern, handler);

    public static RouteHandlerBuilder MapPut(this RouteGroupBuilder group, string pattern, Delegate handler) =>
        group.Map(Put, pattern, handler);

    public static RouteHandlerBuilder MapPatch(this RouteGroupBuilder group, string pattern, Delegate handler) =>
        group.Map(Patch, pattern, handler);

    public static RouteHandlerBuilder MapDelete(this RouteGroupBuilder group, string pattern, Delegate handler) =>
        group.Map(Delete, pattern, handler);

    private static RouteHandlerBuilder Map(this RouteGroupBuilder group, string[] methods, string pattern, Delegate handler) =>
        RouteHandlerServices.Map(group, pattern, handler, methods, RequestDelegateFactory.InferMetadata, CreateLazily);

    private static RequestDelegateResult CreateLazily(
        Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? inferred)
    {
        var lazy = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options, inferred).RequestDelegate);
        return new RequestDelegateResult(http => lazy.Value(http), inferred?.EndpointMetadata ?? []);
    }
}
