using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>Scopes of services for work that no request waits for.</summary>
public static class BackgroundScopes
{
    /// <summary>A scope whose database session takes its connection from the pool of background services.</summary>
    public static AsyncServiceScope CreateBackgroundScope(this IServiceScopeFactory scopes)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<DatabaseSession>().UseBackgroundPool();
        return scope;
    }
}
