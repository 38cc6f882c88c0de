/** The same direction between -π and π. */
export const wrapped = (angle_rad: number): number => Math.atan2(Math.sin(angle_rad), Math.cos(angle_rad));
