using Patron.Hosting;
using Patron.Shared;

namespace Patron.Demo;

/// <summary>The settings of <c>patron serve --demo</c>: a made-up company with a data folder, an ERP and logins of its own.</summary>
internal static class DemoSettings
{
    /// <summary>The name of the default data folder, so that demo data is never mixed with real data.</summary>
    public const string Folder = "data-demo";

    public const string StaffEmail = "staff@demo.example";
    public const string StaffPassword = "walk-through-staff-7";
    public const string CustomerPassword = "walk-through-jane-7";

    /// <summary>Names the demo's organization, brand and administrator.</summary>
    /// <exception cref="CannotStartException">The settings are those of a real company.</exception>
    public static PatronSettings Apply(PatronSettings settings)
    {
        if (settings.Role != ProcessRole.All)
        {
            throw new CannotStartException("--demo is for the role all.");
        }

        if (settings.Odoo.IsConfigured || settings.Erp.Source is not null)
        {
            throw new CannotStartException(
                "--demo brings an ERP of its own, and the settings name a real one (Odoo:Url or Erp:Source). Remove them or leave --demo out.");
        }

        if (settings.Mail.Host is not null)
        {
            throw new CannotStartException("--demo writes its mails to files, and Mail:Host is set. Remove it or leave --demo out.");
        }

        settings.Home.Name = "Demo Company";
        settings.Accounts.Brand = "Demo Company";
        settings.Portal.Brand.SupportEmail ??= "support@demo.example";
        settings.Portal.Brand.SupportPhone ??= "+49 30 901 8200";
        return settings with { IsDemo = true, AdminEmail = StaffEmail, AdminPassword = StaffPassword };
    }
}
