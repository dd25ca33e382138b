/** Several processes on one store that send what waits for clients' servers. */
import { createCourier, withDeliveries } from '../../src/engine/deliveries/deliveries.ts';
import { deliveryPuts } from '../../src/engine/deliveries/new_delivery.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Op } from './op.ts';
import { recordPosts } from './posts.ts';

/** Puts a message to the client `app` where nobody has seen it, has so many find it at once, and says who sent it. */
export async function sentBy(count: number, { store, instance }: Op): Promise<readonly string[]> {
  const own = instance.engine();
  const { all, outbound } = recordPosts();
  const couriers = Array.from({ length: count }, () => createCourier(own));
  await store.commit({
    put: deliveryPuts({ kind: 'backchannel_logout', client_id: 'app', content: {} }, own),
  });
  // Nothing tells that a file store is one process’s alone.
  const { get, list, commit, close } = store;
  for (const courier of couriers) {
    const engine: Engine = {
      ...own,
      outbound,
      store: withDeliveries({ get, list, commit, close }, courier),
      deliveries: courier,
    };
    courier.follow([engine]);
  }
  await Promise.all(couriers.map((courier) => courier.settled()));
  await Promise.all(couriers.map((courier) => courier.close(1)));
  return all.map(({ url }) => url);
}
