using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>Creates service scopes for background work.</summary>
public static class BackgroundScopes
{
    /// <summary>A scope whose database session uses the connection pool of background services.</summary>
    public static AsyncServiceScope CreateBackgroundScope(this IServiceScopeFactory scopes)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<DatabaseSession>().UseBackgroundPool();
        return scope;
    }
}
