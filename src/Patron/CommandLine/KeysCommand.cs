using System.CommandLine;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.SigningKeys;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron keys</c>: manages the keys that sign access tokens.</summary>
internal static class KeysCommand
{
    public static Command Build()
    {
        var rotate = new Command("rotate", "Create a new signing key. Existing tokens stay valid, and no one is signed out.");
        rotate.RunsOn(new CommonOptions(rotate), [ProcessRole.All, ProcessRole.Accounts], async (_, context, cancellationToken) =>
        {
            var overlap = context.Get<IOptions<AccountsOptions>>().Value.SigningKeyOverlap;
            await context.Get<SigningKeyRing>().RotateAsync(overlap, cancellationToken);
            Console.WriteLine(
                $"Created a new signing key. Running servers use it within a minute. The old key stays valid for another {overlap.TotalMinutes:0} minutes.");
            return 0;
        });
        return new Command("keys", "Manage the keys that sign access tokens.") { rotate };
    }
}
