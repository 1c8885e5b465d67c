using System.CommandLine;
using Patron.Accounts.ApiKeys;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.CommandLine;

/// <summary><c>patron api-key</c>: creates API keys, with which programs act as staff of the home organization.</summary>
internal static class ApiKeyCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name of the key: what it's for." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"What the key can do. Can be repeated: {string.Join(", ", Scopes.All)}.",
            DefaultValueFactory = _ => [Scopes.ReadCustomers],
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<int>("--days") { Description = "Days until the key expires.", DefaultValueFactory = _ => CreateApiKey.DefaultDays };
        var create = new Command("create", "Create a key for the home organization. It's printed only once.") { name, scopes, days };
        create.RunsOn(new CommonOptions(create), [ProcessRole.All, ProcessRole.Accounts], async (line, context, cancellationToken) =>
        {
            var result = await context.Get<CreateApiKey>()
                .HandleAsync(context.Caller, line.GetValue(name), line.GetValue(scopes), line.GetValue(days), cancellationToken);
            return result.Print(created => created.Credentials);
        });
        return new Command("api-key", "Create API keys, with which programs act as staff of the home organization.") { create };
    }
}
