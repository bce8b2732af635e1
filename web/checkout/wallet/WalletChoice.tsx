import { shortText } from "../../parts/words.js";
import type { Wallets } from "../../parts/wallet/useWallets.js";

/** Which wallet is used, where there are several, and its account. */
export function WalletChoice({ wallets: { all, chosen, connection, choose } }: { wallets: Wallets }) {
  return (
    <>
      {all.length > 1 && (
        <fieldset class="choices">
          <legend>Your wallet</legend>
          {all.map(({ id, name, icon }) => (
            <label key={id}>
              <input type="radio" name="wallet" checked={id === chosen?.id} onChange={() => choose(id)} />
              {icon !== undefined && <img src={icon} alt="" width={20} height={20} />}
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {connection.account !== undefined && (
        <p class="small">
          Account <code title={connection.account}>{shortText(connection.account)}</code> of {chosen?.name}
        </p>
      )}
    </>
  );
}
