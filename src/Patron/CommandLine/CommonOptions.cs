using System.CommandLine;
using Patron.Hosting;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>The options of every command: the role and the data folder. Everything else is in the settings.</summary>
internal sealed class CommonOptions
{
    private readonly Option<ProcessRole> role = new("--role")
    {
        Description = "Service role.",
        HelpName = "all|accounts|customers",
        DefaultValueFactory = _ => ProcessRole.All,
    };

    private readonly Option<string?> data = new("--data")
    {
        Description =
            "Data folder with the private database, mail files, keys and settings.json. [default: data, or data-accounts, data-customers for those roles]",
        HelpName = "DIR",
    };

    /// <summary>Adds the options to a command.</summary>
    public CommonOptions(Command command)
    {
        command.Options.Add(data);
        command.Options.Add(role.AcceptNamesOnly());
    }

    /// <summary>Reads the settings for a command line.</summary>
    /// <exception cref="CannotStartException">The settings are invalid.</exception>
    public PatronSettings Read(ParseResult line, string? defaultFolder = null)
    {
        var chosen = line.GetValue(role);
        var folder = line.GetValue(data) ?? InHome(defaultFolder ?? DefaultFolder(chosen));
        IConfiguration configuration = new ConfigurationBuilder()
            .AddConfiguration(SettingsReader.ReadFile(SettingsFile.PathIn(folder)))
            .AddEnvironmentVariables()
            .Build();
        return SettingsReader.Read(configuration, chosen, folder);
    }

    /// <summary>The data folder that was given; null for the default one.</summary>
    public string? DataFolder(ParseResult line) => line.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The default address of a role.</summary>
    public static string DefaultUrl(ProcessRole role) => $"http://127.0.0.1:{8000 + (int)role}";

    // The scripts set PATRON_HOME to the checkout, so that ./patron finds its data from any folder.
    private static string InHome(string folder) => Path.Combine(Environment.GetEnvironmentVariable("PATRON_HOME") ?? ".", folder);

    private static string DefaultFolder(ProcessRole role) =>
        role == ProcessRole.All ? "data" : $"data-{role.ToString().ToLowerInvariant()}";
}

internal static class OptionChecks
{
    /// <summary>Accepts only the names of the enum. By default any number is accepted, even one without a name.</summary>
    public static Option<T> AcceptNamesOnly<T>(this Option<T> option)
        where T : struct, Enum
    {
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (SettingValues.Problem(option.Name, token.Value, typeof(T)) is { } problem)
                {
                    result.AddError(problem);
                }
            }
        });
        return option;
    }
}
